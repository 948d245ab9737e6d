import { describe, expect, it, jest } from '@jest/globals';
import type { EngineSession, SessionPool } from '../../../localstack/clickhouse/session-pool.ts';

// The engine itself, half a gigabyte, is not needed here.
jest.mock('chdb', () => ({ drainPending: async () => {} }));

/** Sessions in which KILL does nothing, and everything else ends when `end` is called. */
function createPool() {
  const released: { tag: string; isClean: boolean }[] = [];
  let end = (): void => {};
  let opened = 0;
  const queryAsync = (sql: string) =>
    sql.startsWith('KILL') ? Promise.resolve({}) : new Promise((resolve) => (end = () => resolve({})));
  const pool: SessionPool = {
    acquire: async () => {
      opened += 1;
      return { session: { queryAsync }, tag: String(opened), state: '' } as unknown as EngineSession;
    },
    release: ({ tag }, isClean) => released.push({ tag, isClean }),
    close: () => {},
  };
  return { pool, released, end: () => end() };
}

describe('the session of a statement', () => {
  it.each([
    ['is used again', false],
    ['is not, when its client has gone: its kill may come late', true],
  ])('%s', async (_name, hasGone) => {
    const { createEngine } = await import('../../../localstack/clickhouse/engine.ts');
    const { pool, released, end } = createPool();
    const client = new AbortController();
    const statement = { sql: 'SELECT 1', preparation: '', isStateless: true, signal: client.signal };

    const running = createEngine(pool, []).run(statement);
    await new Promise(setImmediate);
    if (hasGone) client.abort();
    end();
    await running;

    expect(released.find(({ tag }) => tag === '1')).toEqual({ tag: '1', isClean: !hasGone });
  });
});
