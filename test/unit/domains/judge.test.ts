import { describe, expect, it } from '@jest/globals';
import { formatDateTimeUtc } from '@tidemark/domains/calendar';
import { createJudge } from '@tidemark/domains/judge';
import { REASON_CODES } from '@tidemark/domains/reason-codes';
import { TRANSACTION_TYPES } from '@tidemark/domains/retail_events/event';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import fc from 'fast-check';

const TIMESTAMP = Date.UTC(2026, 10, 21);
const DAY_MS = 24 * 60 * 60 * 1_000;

const judge = createJudge(retailEvents);

function judgeValue(value: Buffer, timestamp = TIMESTAMP) {
  return judge({ key: null, value, headers: [], timestamp });
}

function judgeJson(value: unknown, timestamp = TIMESTAMP) {
  return judgeValue(Buffer.from(JSON.stringify(value)), timestamp);
}

/** A number of at most four decimals, as text. */
const priceText = fc
  .tuple(fc.integer({ min: 0, max: 9_999_999 }), fc.integer({ min: 0, max: 9_999 }))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(4, '0')}`);

const text = (maxLength: number) => fc.string({ unit: 'binary', minLength: 1, maxLength });

const validEvent = fc.record(
  {
    event_time: fc
      .integer({ min: Date.UTC(2000, 0, 1) / 1_000, max: (TIMESTAMP + DAY_MS) / 1_000 })
      .map((seconds) => formatDateTimeUtc(seconds * 1_000)),
    store_id: fc.integer({ min: 0, max: 2_147_483_647 }),
    product_id: text(256),
    category: text(64),
    transaction_type: fc.constantFrom(...TRANSACTION_TYPES),
    quantity: fc.integer({ min: 1, max: 1_000_000 }),
    unit_price: priceText.map(Number),
    event_id: text(128),
  },
  { requiredKeys: ['event_time', 'store_id', 'product_id', 'category', 'transaction_type', 'quantity', 'unit_price'] },
);

const EVENT = {
  event_time: '2026-11-20 16:00:00',
  store_id: 1,
  product_id: 'Laptop',
  category: 'Electronics',
  transaction_type: 'SALE',
  quantity: 5,
  unit_price: 450,
};

describe('the judgement of a record', () => {
  it('accepts every valid event, and hands it on unchanged', () => {
    fc.assert(
      fc.property(validEvent, (event) => {
        expect(judgeJson(event)).toEqual({ isValid: true, event });
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    const jsonBytes = fc.json().map((json) => Buffer.from(json));
    const rawBytes = fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(jsonBytes, rawBytes), fc.integer(), (value, timestamp) => {
        const verdict = judgeValue(value, timestamp);
        expect(verdict.isValid || verdict.reason in REASON_CODES).toBe(true);
      }),
    );
  });

  it('never throws on a valid event with one field replaced by any JSON', () => {
    fc.assert(
      fc.property(validEvent, fc.constantFrom(...Object.keys(EVENT)), fc.jsonValue(), (event, field, value) => {
        const verdict = judgeJson({ ...event, [field]: value });
        expect(verdict.isValid || verdict.reason in REASON_CODES).toBe(true);
      }),
    );
  });

  it('keeps the price to the last of its four decimals', () => {
    fc.assert(
      fc.property(priceText, (price) => {
        const value = Buffer.from(JSON.stringify({ ...EVENT, unit_price: '#' }).replace('"#"', price));
        const verdict = judgeValue(value);
        expect(verdict.isValid && verdict.event.unit_price.toFixed(4)).toBe(price);
      }),
    );
  });

  it('refuses a fifth decimal instead of rounding it', () => {
    fc.assert(
      fc.property(priceText, fc.integer({ min: 1, max: 9 }), (price, digit) => {
        const value = Buffer.from(JSON.stringify({ ...EVENT, unit_price: '#' }).replace('"#"', `${price}${digit}`));
        expect(judgeValue(value)).toMatchObject({ isValid: false, reason: 'too_many_decimals' });
      }),
    );
  });

  it('measures the event time by the record and not by the clock', () => {
    const timestamp = Date.UTC(2011, 0, 2);

    expect(judgeJson({ ...EVENT, event_time: '2011-01-03 00:00:00' }, timestamp)).toMatchObject({ isValid: true });
    expect(judgeJson({ ...EVENT, event_time: '2011-01-03 00:00:01' }, timestamp)).toMatchObject({
      reason: 'event_time_out_of_range',
    });
  });

  it('refuses what ClickHouse cannot hold as a DateTime, however late the record', () => {
    const timestamp = Date.UTC(2200, 0, 1);

    expect(judgeJson({ ...EVENT, event_time: '2106-02-07 06:28:15' }, timestamp)).toMatchObject({ isValid: true });
    expect(judgeJson({ ...EVENT, event_time: '2106-02-07 06:28:16' }, timestamp)).toMatchObject({
      reason: 'event_time_out_of_range',
    });
  });

  it.each([
    ['value', { key: null, value: Buffer.alloc(4_500_000, ' '), headers: [] }],
    ['key', { key: Buffer.alloc(4_500_000), value: Buffer.from('{}'), headers: [] }],
    ['header', { key: null, value: Buffer.from('{}'), headers: [['trace', Buffer.alloc(1_200_000)]] as const }],
  ])('refuses a record whose %s fits into no invocation', (_part, record) => {
    expect(judge({ ...record, timestamp: TIMESTAMP })).toMatchObject({ isValid: false, reason: 'too_large' });
  });

  it('keeps the detail short and well-formed', () => {
    const verdict = judgeValue(
      Buffer.from(JSON.stringify({ ...EVENT, quantity: '#' }).replace('"#"', '9'.repeat(999))),
    );

    expect(verdict).toMatchObject({ isValid: false, detail: '9'.repeat(200) });
  });
});
