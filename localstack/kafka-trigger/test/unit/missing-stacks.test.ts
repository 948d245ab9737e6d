import { describe, expect, it } from '@jest/globals';
import type { Deployments } from '../../src/standalone/deployed-stacks.ts';
import { DeploymentFollower } from '../../src/standalone/follow-deployments.ts';
import { createRecordingLog } from '../support/fakes.ts';

async function follow(looks: readonly Deployments[]) {
  const { log, lines } = createRecordingLog();
  const stopping = new AbortController();
  const ahead = [...looks];
  const follower = new DeploymentFollower({
    discover: async () => ahead.shift() ?? { stacks: [], changing: [], missing: [] },
    start: () => {
      throw new Error('nothing to start');
    },
    log,
    intervalMs: 1,
    sleep: async () => {
      if (ahead.length === 0) stopping.abort();
    },
  });
  await follower.run(stopping.signal);
  return lines;
}

describe('following deployments', () => {
  it('says of a stack that is not there so, once, and again after it was', async () => {
    const absent = { stacks: [], changing: [], missing: ['shop-local'] };
    const present = { stacks: [{ name: 'shop-local', mappings: [], problems: [] }], changing: [], missing: [] };
    const lines = await follow([absent, absent, present, absent]);
    expect(lines.map(({ fields }) => fields)).toEqual([{ stack: 'shop-local' }, { stack: 'shop-local' }]);
  });
});
