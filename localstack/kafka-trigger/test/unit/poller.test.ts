import { describe, expect, it } from '@jest/globals';
import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import { Poller } from '../../src/poller.ts';
import {
  createDeferred,
  createInvoker,
  createMapping,
  createRecordingLog,
  createSession,
  eventually,
  offsetsOf,
} from '../support/fakes.ts';
import { createMessage } from '../support/records.ts';

const SOURCE = { kind: 'self-managed', bootstrapServers: 'b-1:9092' } as const;

/** A poller on two partitions, whose waits are recorded and end at once. */
function createPoller(respond?: (event: LambdaKafkaEvent) => unknown, mapping = createMapping()) {
  const { invoker, events } = createInvoker(respond);
  const { log, lines } = createRecordingLog();
  const { session, commits, paused } = createSession();
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const poller = new Poller(mapping, { invoker, log, source: SOURCE, maxConcurrency: 4, sleep });
  const assign = (partitions: number[], isContinuous = true) =>
    poller.onAssigned(
      partitions.map((partition) => ({ topic: 't', partition })),
      isContinuous,
    );
  const fetch = (partition: number, offsets: number[], nextOffset = Math.max(...offsets) + 1) =>
    poller.onFetched({
      topic: 't',
      partition,
      messages: offsets.map((offset) => createMessage(offset)),
      nextOffset,
      endOffset: nextOffset,
    });
  assign([0, 1]);
  poller.attach(session);
  return { poller, events, lines, session, commits, paused, waits, assign, fetch };
}

describe('the poller', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
  it('commits the next offset once the function succeeded, and not before', async () => {
    const running = createDeferred();
    const { events, commits, fetch } = createPoller(() => running.promise);
    fetch(0, [5, 6]);
    await eventually(() => expect(events).toHaveLength(1));
    expect(commits).toEqual([]);
    running.resolve();
    await eventually(() => expect(commits).toEqual([{ partition: 0, offset: 7 }]));
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
  it('retries a failing batch whole until it succeeds, ever more slowly, while other partitions go on', async () => {
    let failures = 8;
    const { events, commits, waits, lines, fetch } = createPoller((event) => {
      if ('t-0' in event.records && failures-- > 0) throw new Error('database away');
    });
    fetch(0, [1, 2]);
    fetch(1, [1]);
    await eventually(() =>
      expect(commits).toEqual([
        { partition: 1, offset: 2 },
        { partition: 0, offset: 3 },
      ]),
    );
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    expect(events.filter((event) => 't-0' in event.records).map(offsetsOf)).toEqual(Array(9).fill({ 't-0': [1, 2] }));
    const warnings = lines.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(8);
    expect(warnings[2]?.fields).toMatchObject({
      topic: 't',
      partitions: [{ partition: 0, first_offset: 1, last_offset: 2 }],
      attempt: 3,
      error: 'database away',
    });
    expect(JSON.stringify(lines)).not.toContain('value 1');
  });

  it('does not commit a batch whose partition went elsewhere while it ran', async () => {
    const running = createDeferred();
    const { poller, commits, fetch, assign } = createPoller(() => running.promise);
    fetch(0, [1]);
    assign([1]);
    running.resolve();
    await eventually(() => expect(poller.stats().batches).toBe(1));
    expect(commits).toEqual([]);
  });

  it('stops retrying the records of a partition that went elsewhere', async () => {
    const { events, commits, fetch, assign } = createPoller(
      (event) => {
        if (!('t-0' in event.records)) return;
        assign([1]);
        throw new Error('no');
      },
      createMapping({ windowMs: 20 }),
    );
    fetch(0, [1]);
    fetch(1, [1]);
    await eventually(() => expect(commits).toEqual([{ partition: 1, offset: 2 }]));
    expect(events.map(offsetsOf)).toEqual([{ 't-0': [1], 't-1': [1] }, { 't-1': [1] }]);
  });

  it('delivers a batch again that was in flight when the session ended, after it has ended here', async () => {
    const running = createDeferred();
    const { poller, events, commits, fetch, assign } = createPoller(() => running.promise);
    fetch(0, [1]);
    poller.detach();
    assign([0, 1], false);
    poller.attach(createSession().session);
    fetch(0, [1]);
    expect(events).toHaveLength(1);
    running.resolve();
    await eventually(() => expect(events.map(offsetsOf)).toEqual([{ 't-0': [1] }, { 't-0': [1] }]));
    expect(commits).toEqual([]);
  });

  it('commits past offsets that carry no record', async () => {
    const { poller, commits, events, fetch } = createPoller();
    fetch(0, [], 3);
    await poller.commitPassedOffsets();
    await poller.commitPassedOffsets();
    expect(commits).toEqual([{ partition: 0, offset: 3 }]);
    expect(events).toEqual([]);
  });

  it('reads a recreated topic from its beginning instead of taking its records for repeats', async () => {
    const { events, commits, lines, fetch } = createPoller();
    fetch(0, [100, 101]);
    await eventually(() => expect(commits).toEqual([{ partition: 0, offset: 102 }]));
    fetch(0, [0, 1]);
    await eventually(() => expect(commits.at(-1)).toEqual({ partition: 0, offset: 2 }));
    expect(events.map(offsetsOf)).toEqual([{ 't-0': [100, 101] }, { 't-0': [0, 1] }]);
    expect(lines.find(({ level }) => level === 'warn')?.message).toContain('recreated or truncated');
  });

  it('takes what is fetched again after a rebalance for repeats, also below a commit that came meanwhile', async () => {
    const running = createDeferred();
    const { events, commits, lines, fetch, assign } = createPoller(() => running.promise);
    fetch(0, [5, 6, 7, 8]);
    assign([0, 1]);
    running.resolve();
    await eventually(() => expect(commits).toEqual([{ partition: 0, offset: 9 }]));
    fetch(0, [5, 6]);
    fetch(0, [7, 8, 9]);
    await eventually(() => expect(commits.at(-1)).toEqual({ partition: 0, offset: 10 }));
    expect(events.map(offsetsOf)).toEqual([{ 't-0': [5, 6, 7, 8] }, { 't-0': [9] }]);
    expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('starts no other batch of a partition before the last one is committed', async () => {
    const { session, events, commits, waits, fetch } = createPoller();
    const { commit } = session;
    const batchesAtCommit: number[] = [];
    session.commit = async (offsets) => {
      batchesAtCommit.push(events.length);
      if (batchesAtCommit.length <= 2) throw new Error('rebalancing');
      await commit(offsets);
    };
    fetch(0, [1]);
    fetch(0, [2]);
    await eventually(() => expect(commits.at(-1)).toEqual({ partition: 0, offset: 3 }));
    expect(batchesAtCommit).toEqual([1, 1, 1, 2]);
    expect(waits).toEqual([100, 200]);
  });

  it('gives up a commit that fails once its partition went elsewhere, and starts none of its batches', async () => {
    const { poller, session, events, fetch, assign } = createPoller();
    session.commit = async () => {
      assign([1]);
      throw new Error('rebalancing');
    };
    fetch(0, [1]);
    fetch(0, [2]);
    await eventually(() => expect(poller.stats()).toMatchObject({ batches: 1, failedCommits: 1 }));
    expect(events.map(offsetsOf)).toEqual([{ 't-0': [1] }]);
  });

  it('passes a record that no Lambda event can hold, and says which', async () => {
    const { poller, commits, lines, events } = createPoller();
    const messages = [createMessage(1), createMessage(2, 'x'.repeat(5_000_000)), createMessage(3)];
    poller.onFetched({ topic: 't', partition: 0, messages, nextOffset: 4, endOffset: 4 });
    await eventually(() => expect(commits.map(({ offset }) => offset)).toEqual([2, 3, 4]));
    expect(events.map(offsetsOf)).toEqual([{ 't-0': [1] }, { 't-0': [3] }]);
    expect(lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
      topic: 't',
      partitions: [{ partition: 0, first_offset: 2, last_offset: 2, lag: 1 }],
      reason: 'record too large',
    });
    expect(poller.stats().oversized).toBe(1);
  });

  it('stops fetching a partition whose records pile up, and goes on when they are gone', async () => {
    const running = createDeferred();
    const { paused, fetch } = createPoller(() => running.promise, createMapping({ batchSize: 10_000 }));
    fetch(
      0,
      Array.from({ length: 50_000 }, (_, i) => i),
    );
    expect([...paused]).toEqual([0]);
    running.resolve();
    await eventually(() => expect([...paused]).toEqual([]));
  });

  it('starts no other invocation when it is stopped, and commits the running one', async () => {
    const running = createDeferred();
    const { poller, events, commits, fetch } = createPoller(() => running.promise);
    fetch(0, [1]);
    const stopped = poller.stop();
    fetch(1, [1]);
    running.resolve();
    await stopped;
    await eventually(() => expect(commits).toEqual([{ partition: 0, offset: 2 }]));
    expect(events).toHaveLength(1);
  });
});
