import { describe, expect, it } from '@jest/globals';
import { hashSubject } from '@tidemark/domains/erasure';
import { findDeclaration } from '@tidemark/domains/index';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { requestErasure } from '../../../functions/batch/erase/request-erasure.ts';
import { createFakeKafkaLog } from '../../support/fake-kafka-log.ts';

const { stream } = findDeclaration('user_events');

/** Asks for user 42, of whom an erasure is known that has come so far. */
async function askAgain(status: 'requested' | 'vanished' | 'finished') {
  const subject = { subject_column: 'user_id', salt: 'salt', subject_hash: hashSubject('salt', '42') };
  const row = { id: 'known', ...subject, ends: { 0: 10 }, positions: [], status };
  const clickhouse = {
    query: async () => ({ rows: [{ ...row, snapshot: 0, records_snapshot: 0, requested_at: '' }], rowsRead: 1 }),
    insert: async () => {},
  } as unknown as ClickHouse;
  const deps = { clickhouse, kafka: createFakeKafkaLog(), newId: () => 'new', isDryRun: false };
  return (await requestErasure(stream, { column: 'user_id', value: '042' }, deps))?.id;
}

describe('a subject that is asked for again', () => {
  it('goes on with the erasure that has not made it vanish yet', async () => {
    expect(await askAgain('requested')).toBe('known');
  });

  it('has an erasure of its own once it had vanished: it may have come back since', async () => {
    expect(await askAgain('vanished')).toBe('new');
    expect(await askAgain('finished')).toBe('new');
  });
});

describe('a key', () => {
  it('is refused where the lake keeps none of valid events: nobody could say that nothing is left', async () => {
    const clickhouse = { query: async () => ({ rows: [], rowsRead: 0 }) } as unknown as ClickHouse;
    const deps = { clickhouse, kafka: createFakeKafkaLog(), newId: () => 'new', isDryRun: true };
    const retail = findDeclaration('retail_events').stream;

    const request = requestErasure(retail, { column: '_key', value: '7' }, deps);

    await expect(request).rejects.toThrow('column: one of event_id');
    expect(await requestErasure(stream, { column: '_key', value: '7' }, deps)).toMatchObject({ column: '_key' });
  });
});
