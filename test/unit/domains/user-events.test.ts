import { describe, expect, it } from '@jest/globals';
import { createJudge } from '@tidemark/domains/judge';
import { EVENT_TYPES, SOURCES } from '@tidemark/domains/user_events/event';
import { userEvents } from '@tidemark/domains/user_events/stream';
import fc from 'fast-check';

const TIMESTAMP_MS = Date.UTC(2026, 10, 21, 12);
const POSITION = { partition: 0, offset: 0, timestamp: TIMESTAMP_MS };
const EVENT = {
  event_id: '0d9c1e4a-3f60-4b7e-9a51-6f2f6f0f6c11',
  user_id: 42,
  event_type: 'purchase' as const,
  page: '/checkout',
  timestamp: '2026-02-06T14:30:00',
  source: 'web' as const,
};

const judge = createJudge(userEvents);
const judgeJson = (value: unknown) =>
  judge({ key: null, value: Buffer.from(JSON.stringify(value)), headers: [], timestamp: TIMESTAMP_MS });

function readColumn(column: string, event: typeof EVENT) {
  return userEvents.columns.find(({ name }) => name === column)?.valueOf(event, POSITION);
}

describe('the judgement of a user event', () => {
  it('accepts every valid event, and hands it on unchanged', () => {
    const upperOrLower = fc.uuid().chain((id) => fc.constantFrom(id, id.toUpperCase()));
    const event = fc.record({
      event_id: upperOrLower,
      user_id: fc.integer({ min: 0, max: 2_147_483_647 }),
      event_type: fc.constantFrom(...EVENT_TYPES),
      page: fc.string({ unit: 'binary', minLength: 1, maxLength: 1024 }),
      timestamp: fc
        .integer({ min: Date.UTC(2000, 0, 1), max: TIMESTAMP_MS + 86_400_000 })
        .map((ms) => new Date(ms).toISOString()),
      source: fc.constantFrom(...SOURCES),
    });
    fc.assert(
      fc.property(event, (valid) => {
        expect(judgeJson(valid)).toEqual({ isValid: true, event: valid });
      }),
    );
  });

  it.each([
    ['an id that is no UUID', { event_id: 'order-17' }, 'invalid_format', 'event_id'],
    ['an id in braces', { event_id: `{${EVENT.event_id}}` }, 'invalid_format', 'event_id'],
    ['a numeric id', { event_id: 17 }, 'wrong_type', 'event_id'],
    ['no page', { page: undefined }, 'missing_field', 'page'],
    ['an empty page', { page: '' }, 'out_of_range', 'page'],
    ['an endless page', { page: 'x'.repeat(1025) }, 'out_of_range', 'page'],
    ['half a surrogate pair', { page: '\ud800' }, 'invalid_unicode', 'page'],
    ['an unknown event type', { event_type: 'LOGIN' }, 'unknown_value', 'event_type'],
    ['an unknown source', { source: 'tv' }, 'unknown_value', 'source'],
    ['a negative user', { user_id: -1 }, 'out_of_range', 'user_id'],
    ['half a user', { user_id: 1.5 }, 'wrong_type', 'user_id'],
    ['a user beyond 32 bits', { user_id: 2_147_483_648 }, 'out_of_range', 'user_id'],
    ['a date of no calendar', { timestamp: '2026-02-30T00:00:00Z' }, 'invalid_format', 'timestamp'],
    ['a date in words', { timestamp: 'Feb 6, 2026' }, 'invalid_format', 'timestamp'],
    ['seconds since 1970', { timestamp: 1_770_388_200 }, 'wrong_type', 'timestamp'],
    [
      'a moment that its zone puts beyond tomorrow',
      { timestamp: '2026-11-22T12:00:00-00:01' },
      'event_time_out_of_range',
      '',
    ],
    ['the last century', { timestamp: '1999-12-31T23:59:59.999Z' }, 'event_time_out_of_range', ''],
  ])('refuses %s', (_what, change, reason, detail) => {
    const verdict = judgeJson({ ...EVENT, ...change });
    expect(verdict).toMatchObject({ isValid: false, reason, detail: expect.stringContaining(detail) });
  });
});

describe('the identity of a user event', () => {
  it('is the same in upper and in lower case', () => {
    expect(readColumn('event_id', { ...EVENT, event_id: EVENT.event_id.toUpperCase() })).toBe(EVENT.event_id);
  });

  it('has a content hash that does not depend on how the moment is written', () => {
    const written = ['2026-02-06T14:30:00', '2026-02-06T14:30Z', '2026-02-06T16:30:00.000+02:00'];
    const hashes = written.map((timestamp) => readColumn('_content_hash', { ...EVENT, timestamp }));
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).toMatch(/^[\w-]{11}$/);
  });

  it.each([
    ['user_id', { user_id: 43 }],
    ['event_type', { event_type: 'click' as never }],
    ['page', { page: '/checkout ' }],
    ['timestamp', { timestamp: '2026-02-06T14:30:00.001' }],
    ['source', { source: 'mobile' as never }],
  ])('has another content hash where %s differs', (_field, change) => {
    expect(readColumn('_content_hash', { ...EVENT, ...change })).not.toBe(readColumn('_content_hash', EVENT));
  });

  it('has the content hash of its event, whatever the id', () => {
    const other = { ...EVENT, event_id: '00000000-0000-0000-0000-000000000000' };
    expect(readColumn('_content_hash', other)).toBe(readColumn('_content_hash', EVENT));
  });
});
