import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findPorts, startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The operator's way: prove it, lose something, see it named, rebuild, prove it again. */

const EVENTS = 400;
const hot = 'retail.retail_events_realtime';

let stack: TestStack;

beforeAll(async () => {
  const ports = await findPorts();
  process.env.LAMBDA_PORT = String(ports.lambda);
  stack = await startTestStack({ ports });
  const { code, output } = await stack.run('generate', 'retail_events', '--months', '1', '--count', String(EVENTS));
  expect({ code, output }).toMatchObject({ code: 0 });
  await waitUntil(async () => (await countEvents()) === EVENTS, { withinMs: 120_000, everyMs: 200 });
  await stack.invoke('compact');
}, 600_000);

afterAll(async () => {
  await stack?.stop();
}, 60_000);

async function countEvents(): Promise<number> {
  const { rows } = await stack.reader.query<{ events: number }>(
    'SELECT count() AS events FROM retail.retail_events_unified',
  );
  return rows[0]?.events ?? 0;
}

async function readStatus() {
  const { body } = await stack.get('/v1/status');
  return (body as { streams: { open_gaps: number; reconcile: Record<string, unknown> }[] }).streams[0];
}

describe('npm run reconcile', () => {
  it('ends with 0 and says where every offset is', async () => {
    const { code, output } = await stack.run('reconcile');

    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output).toContain('Every offset is accounted for exactly once, and both layers agree.');
    expect((await readStatus())?.reconcile).toMatchObject({ is_clean: true, gap_offsets: 0 });
  }, 120_000);

  it('names a row that was lost, until a rebuild has restored it', async () => {
    const { rows } = await stack.admin.query<{ partition: number; offset: number }>(
      `SELECT _partition AS partition, _offset AS offset FROM ${hot} FINAL ORDER BY 1, 2 LIMIT 1 OFFSET 5`,
    );
    const { partition, offset } = rows[0] as { partition: number; offset: number };
    await stack.admin.command(`DELETE FROM ${hot} WHERE _partition = ${partition} AND _offset = ${offset}`);

    const lost = await stack.run('reconcile', '--stream', 'retail_events', '--json');
    await stack.invoke('rebuild', { stream: 'retail_events', what: 'hot' });
    const restored = await stack.run('reconcile', '--stream', 'retail_events');

    expect(lost.code).toBe(1);
    expect(lost.output).toContain(`"from": ${offset}`);
    expect({ ...restored }).toMatchObject({ code: 0 });
    const status = await readStatus();
    expect(status?.open_gaps).toBe(0);
    expect(status?.reconcile).toMatchObject({ is_clean: true, mismatch_offsets: 0 });
  }, 240_000);

  it('is told which stream there is not', async () => {
    const { code, output } = await stack.run('reconcile', '--stream', 'no_such_stream');

    expect(code).toBe(1);
    expect(output).toContain('stream');
  }, 120_000);
});
