import { describe, expect, it } from '@jest/globals';
import {
  createEraser,
  createPastEraser,
  type ErasableRecord,
  type Erasure,
  hashSubject,
  toSubjectText,
} from '@tidemark/domains/erasure';
import { findDeclaration } from '@tidemark/domains/index';

const { stream } = findDeclaration('user_events');
const erasureOf = (column: string, value: string, more: Partial<Erasure> = {}): Erasure => ({
  id: 'e1',
  column,
  salt: 'salt',
  subjectHash: hashSubject('salt', value),
  ends: new Map([[0, 10]]),
  positions: [],
  ...more,
});
const recordAt = (offset: number, value: unknown, more: Partial<ErasableRecord> = {}): ErasableRecord => ({
  topic: stream.topic,
  partition: 0,
  offset,
  key: Buffer.from('42'),
  value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  headers: [],
  ...more,
});

describe('an erasure has', () => {
  const find = createEraser(stream, [erasureOf('user_id', '42')]);

  it.each([
    ['an event of the subject below the ends', recordAt(9, { user_id: 42 }), 'e1'],
    ['no event at the ends or above them', recordAt(10, { user_id: 42 }), undefined],
    ['no event of another partition that was added later', recordAt(1, { user_id: 42 }, { partition: 1 }), undefined],
    ['no event of another subject', recordAt(9, { user_id: 421 }), undefined],
    ['a malformed event whose field tells', recordAt(9, { user_id: '42', page: 7 }), 'e1'],
    ['no free text', recordAt(9, 'user 42 was here'), undefined],
    ['no tombstone', recordAt(9, '', { value: null }), undefined],
    ['no list', recordAt(9, '[42]'), undefined],
    [
      'a replay of a dead letter that lay below the ends',
      recordAt(50, { user_id: 42 }, { headers: [['tidemark-replay-of', Buffer.from('user-events/0/9')]] }),
      'e1',
    ],
    [
      'no replay from another topic',
      recordAt(50, { user_id: 42 }, { headers: [['tidemark-replay-of', Buffer.from('others/0/9')]] }),
      undefined,
    ],
  ])('%s', (_name, record, id) => {
    expect(find(record)?.id).toBe(id);
  });

  it('records of a key whatever they say, and records by position', () => {
    expect(createEraser(stream, [erasureOf('_key', '42')])(recordAt(3, 'free text'))?.id).toBe('e1');
    const byPosition = createEraser(stream, [erasureOf('_position', '', { positions: [[0, 3]] })]);
    expect(byPosition(recordAt(3, 'free text'))?.id).toBe('e1');
    expect(byPosition(recordAt(4, 'free text'))).toBeUndefined();
  });
});

it('a record above every vector costs no look at single erasures', () => {
  const ends = new Map([[0, 10]]);
  const find = createEraser(stream, [erasureOf('user_id', '42', { ends })]);
  ends.get = () => {
    throw new Error('looked at');
  };

  expect(find(recordAt(10, { user_id: 42 }))).toBeUndefined();
  expect(() => find(recordAt(9, { user_id: 42 }))).toThrow('looked at');
});

it('of history that has no offset, an erasure has what is older than the request, or of no known time', () => {
  const requestedAt = '2026-11-21T12:00:00.000Z';
  const requestedAtMs = Date.parse(requestedAt);
  const isErased = createPastEraser(stream, [{ ...erasureOf('user_id', '42'), requestedAt }]);
  const value = Buffer.from('{"user_id":42}');
  const past = { key: null, value, eventTimeMs: requestedAtMs - 1 };

  expect(isErased(past)).toBe(true);
  expect(isErased({ ...past, eventTimeMs: requestedAtMs })).toBe(false);
  expect(isErased({ ...past, eventTimeMs: undefined })).toBe(true);
  expect(isErased({ ...past, value: Buffer.from('{"user_id":421}') })).toBe(false);
});

it("a subject's value is taken as the tables hold it", () => {
  expect(toSubjectText(stream, 'user_id', '042')).toBe('42');
  expect(toSubjectText(stream, 'user_id', 'Jane')).toBeUndefined();
  expect(toSubjectText(stream, 'event_id', 'ABC')).toBe('abc');
  expect(toSubjectText(stream, '_key', 'Jane')).toBe('Jane');
});
