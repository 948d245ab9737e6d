import { isUtf8 } from 'node:buffer';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { findImpreciseNumber } from './number-precision.ts';
import type { DeadLetter, SourceRecord } from './outcome.ts';
import type { ReasonCode } from './reason-codes.ts';
import type { Stream } from './stream.ts';

/** The part of a Kafka record that decides on its validity. */
export type JudgedRecord = Pick<SourceRecord, 'key' | 'value' | 'headers' | 'timestamp'>;

export interface Rejection {
  readonly isValid: false;
  readonly reason: ReasonCode;
  readonly detail: string;
}

export type Verdict<Event> = { readonly isValid: true; readonly event: Event } | Rejection;

/**
 * Lambda takes 6 MB of JSON per invocation: key and value as base64, header bytes as decimal numbers of up to five
 * characters. What is left is room for the envelope.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_EVENT_BYTES = 5_900_000;

const YEAR_2000_MS = Date.UTC(2000, 0, 1);
/** The last second of ClickHouse's DateTime. https://clickhouse.com/docs/sql-reference/data-types/datetime */
const LAST_DATE_TIME_MS = 0xffffffff * 1000;
/** ClickHouse reads a moment in seconds by at most ten digits (26.7): until November 2286. */
const LAST_TIMESTAMP_MS = 9_999_999_999_999;
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_DETAIL_CHARACTERS = 200;

/**
 * Compiles the stream's judgement: a pure function of the record's bytes and its own timestamp, never of the clock, so
 * that the speed and the batch layer judge alike.
 */
export function createJudge<Event>(stream: Stream<Event>): (record: JudgedRecord) => Verdict<Event> {
  const validate = new Ajv2020({ strict: false }).compile<Event>(z.toJSONSchema(stream.schema, { io: 'input' }));
  const strings = stream.columns.filter((column) => column.type === 'string');
  const decimals = stream.columns.flatMap((column) => {
    const scale = /^decimal\(\d+,(\d+)\)$/.exec(column.type)?.[1];
    return scale === undefined ? [] : [{ column, unit: 10 ** Number(scale) }];
  });

  return function judge(record) {
    if (serializedBytesOf(record) > MAX_EVENT_BYTES) return reject('too_large', `${record.value?.length ?? 0} bytes`);
    if (record.timestamp > LAST_TIMESTAMP_MS) return reject('timestamp_out_of_range', String(record.timestamp));
    if (record.value === null) return reject('null_value', '');

    const text = record.value.toString('utf8');
    // Decoding writes U+FFFD for what is not UTF-8: where there is none, a second look at the bytes is saved.
    if (text.includes('\ufffd') && !isUtf8(record.value)) return reject('invalid_unicode', 'not UTF-8');
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      // The parser's own words differ between versions of Node, and both layers must say the same.
      return reject('invalid_json', '');
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return reject('not_an_object', '');
    const imprecise = findImpreciseNumber(text);
    if (imprecise !== undefined) return reject('number_precision', imprecise);
    if (!validate(parsed)) return rejectBySchema(validate.errors?.[0]);

    const event = parsed;
    const eventTime = stream.eventTimeOf(event);
    if (eventTime === undefined) return reject('invalid_format', `${stream.eventTimeField}: no date of the calendar`);
    if (eventTime < YEAR_2000_MS || eventTime > record.timestamp + DAY_MS || eventTime > LAST_DATE_TIME_MS) {
      return reject('event_time_out_of_range', stream.eventTimeField);
    }
    const position = { partition: 0, offset: 0, timestamp: record.timestamp };
    for (const { column, unit } of decimals) {
      const value = column.valueOf(event, position);
      if (typeof value === 'number' && Math.round(value * unit) / unit !== value) {
        return reject('too_many_decimals', `${column.name}: ${value}`);
      }
    }
    if (text.includes('\\u')) {
      for (const column of strings) {
        const value = column.valueOf(event, position);
        if (typeof value === 'string' && !value.isWellFormed()) return reject('invalid_unicode', column.name);
      }
    }
    return { isValid: true, event };
  };
}

/**
 * Names the dead letter that a verdict makes of its record. A header without a value becomes an empty one: Lambda's
 * event cannot tell them apart, and both layers must keep the same.
 */
export function toDeadLetter(stream: Stream, record: SourceRecord, { reason, detail }: Rejection): DeadLetter {
  const headers = record.headers.map(([name, value]) => [name, value ?? NO_BYTES] as const);
  return { stream: stream.name, record: { ...record, headers }, reason, detail };
}

const NO_BYTES = Buffer.alloc(0);

function serializedBytesOf(record: JudgedRecord): number {
  const base64Bytes = ((record.key?.length ?? 0) + (record.value?.length ?? 0)) * (4 / 3);
  let headerBytes = 0;
  for (const [name, value] of record.headers) headerBytes += Buffer.byteLength(name) + (value?.length ?? 0);
  return base64Bytes + headerBytes * 5;
}

const REASON_BY_KEYWORD: Record<string, ReasonCode> = {
  required: 'missing_field',
  type: 'wrong_type',
  enum: 'unknown_value',
  const: 'unknown_value',
  pattern: 'invalid_format',
  format: 'invalid_format',
};

function rejectBySchema(error: ErrorObject | undefined): Rejection {
  const field = error?.keyword === 'required' ? String(error.params.missingProperty) : error?.instancePath.slice(1);
  return reject(REASON_BY_KEYWORD[error?.keyword ?? ''] ?? 'out_of_range', `${field}: ${error?.message}`);
}

function reject(reason: ReasonCode, detail: string): Rejection {
  return { isValid: false, reason, detail: detail.slice(0, MAX_DETAIL_CHARACTERS).toWellFormed() };
}
