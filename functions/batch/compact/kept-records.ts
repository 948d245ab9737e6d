import type { DeadLetter, SourceRecord } from '@tidemark/domains/outcome';
import type { ReasonCode } from '@tidemark/domains/reason-codes';
import type { ColumnValue, Stream } from '@tidemark/domains/stream';
import type { LakeRows, LakeTableDefinition, LakeValue } from '@tidemark/platform/lake/definition';
import { toMicroseconds } from './lake-rows.ts';

/** A record as received, with what was made of it. */
export interface KeptRecord {
  readonly record: SourceRecord;
  readonly verdict: 'valid' | ReasonCode;
  readonly detail: string;
  /** Of a valid event; for others the record's timestamp counts. Milliseconds since 1970 UTC. */
  readonly eventTimeMs?: number;
  readonly eventId?: string | undefined;
  readonly content?: string | undefined;
}

/** Makes the function that describes a valid record for the bronze table, from the values of the stream's columns. */
export function createValidRecord({ columns, eventTimeField, identity }: Stream) {
  const indexOf = (name: string | undefined) => columns.findIndex((column) => column.name === name);
  const time = indexOf(eventTimeField);
  const id = indexOf(identity?.column);
  const content = indexOf(identity?.contentColumn);
  const textOf = (value: ColumnValue | undefined) => (value === undefined || value === null ? undefined : `${value}`);

  return function toValidRecord(record: SourceRecord, values: readonly ColumnValue[], detail = ''): KeptRecord {
    return {
      record,
      verdict: 'valid',
      detail,
      eventTimeMs: Number(values[time]),
      eventId: textOf(values[id]),
      content: textOf(values[content]),
    };
  };
}

/** Describes a dead letter for the table that keeps it. */
export function toRefusedRecord({ record, reason, detail }: DeadLetter): KeptRecord {
  return { record, verdict: reason, detail };
}

/** Records as rows of the lake table that keeps them: see `defineRecordsTable`. */
export function toRecordRows(kept: readonly KeptRecord[], { columns }: Pick<LakeTableDefinition, 'columns'>): LakeRows {
  const toVector = ({ name }: { readonly name: string }) => {
    const read = VALUES[name];
    if (read === undefined) throw new TypeError(`no record has a "${name}"`);
    return [name, kept.map(read)] as const;
  };
  return Object.fromEntries(columns.map(toVector));
}

const VALUES: Readonly<Record<string, (kept: KeptRecord) => LakeValue>> = {
  topic: ({ record }) => record.topic,
  _partition: ({ record }) => record.partition,
  _offset: ({ record }) => BigInt(record.offset),
  _timestamp: ({ record }) => toMicroseconds(record.timestamp),
  reason: ({ verdict }) => verdict,
  verdict: ({ verdict }) => verdict,
  detail: ({ detail }) => detail,
  key: ({ record }) => record.key,
  value: ({ record }) => record.value,
  headers: ({ record }) =>
    JSON.stringify(record.headers.map(([name, value]) => [name, value?.toString('base64') ?? null])),
  event_time: ({ eventTimeMs, record }) => toMicroseconds(eventTimeMs ?? record.timestamp),
  event_id: ({ eventId }) => eventId,
  content: ({ content }) => content,
};
