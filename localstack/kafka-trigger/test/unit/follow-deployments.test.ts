import { describe, expect, it } from '@jest/globals';
import type { Mapping } from '../../src/core/mapping.ts';
import type { RunningMapping } from '../../src/running-mapping.ts';
import type { Deployments } from '../../src/standalone/deployed-stacks.ts';
import { DeploymentFollower } from '../../src/standalone/follow-deployments.ts';
import { createMapping, createRecordingLog } from '../support/fakes.ts';

const stack = (name: string, ...mappings: Mapping[]) => ({ name, mappings, problems: [] });
const mapping = (id: string, consumerGroupId: string) => createMapping({ id, consumerGroupId });

/** What is polled after each look at these deployments, and the warnings. */
async function follow(looks: readonly Omit<Deployments, 'missing'>[]) {
  const { log, lines } = createRecordingLog();
  const stopping = new AbortController();
  const polled = new Set<string>();
  const seen: string[][] = [];
  let look = 0;
  const follower = new DeploymentFollower({
    discover: async () => ({ stacks: [], changing: [], missing: [], ...looks[look] }),
    start: ({ id }) => {
      polled.add(id);
      const stop = async () => void polled.delete(id);
      return { stop, stats: () => [] } as unknown as RunningMapping;
    },
    log,
    intervalMs: 0,
    sleep: async () => {
      seen.push([...polled]);
      look += 1;
      if (look === looks.length) stopping.abort();
    },
  });
  await follower.run(stopping.signal);
  return { seen, warnings: lines.filter(({ level }) => level === 'warn') };
}

describe('of mappings with one consumer group in several stacks', () => {
  const first = stack('first', mapping('First', 'g'));
  const second = stack('second', mapping('Second', 'g'), mapping('Other', 'h'));

  it('that of the first stack alone is polled, and the other one is named once', async () => {
    const both = { stacks: [first, second], changing: [] };
    const { seen, warnings } = await follow([both, both]);
    expect(seen).toEqual([
      ['First', 'Other'],
      ['First', 'Other'],
    ]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('ConsumerGroupId g is also that of first/First; the mapping is not polled');
    expect(warnings[0]?.fields).toEqual({ mapping: 'Second', setting: 'ConsumerGroupId', verdict: 'rejected' });
  });

  it('the other one stays out while the first stack is being changed, and follows when it is gone', async () => {
    const { seen } = await follow([
      { stacks: [first], changing: [] },
      { stacks: [second], changing: ['first'] },
      { stacks: [second], changing: [] },
    ]);
    expect(seen).toEqual([['First'], ['First', 'Other'], ['Other', 'Second']]);
  });
});
