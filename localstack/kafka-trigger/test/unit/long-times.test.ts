import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import { RETRY_UNTIL_SUCCESS } from '../../src/core/failure-policy.ts';
import { Poller } from '../../src/poller.ts';
import { sleep } from '../../src/sleep.ts';
import { createInvoker, createMapping, createRecordingLog, createSession, offsetsOf } from '../support/fakes.ts';
import { createMessage } from '../support/records.ts';

const SOURCE = { kind: 'self-managed', bootstrapServers: 'b-1:9092' } as const;
const MINUTE_MS = 60_000;

beforeEach(() => {
  jest.useFakeTimers({ now: 1_700_000_000_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

function createPoller(fields: Parameters<typeof createMapping>[0], respond: (event: LambdaKafkaEvent) => unknown) {
  const { invoker, events } = createInvoker(respond);
  const { log, lines } = createRecordingLog();
  const { session, commits } = createSession();
  const fakeSleep = (ms: number) => after(ms).then(() => undefined);
  const poller = new Poller(createMapping(fields), {
    invoker,
    log,
    source: SOURCE,
    maxConcurrency: 4,
    sleep: fakeSleep,
  });
  const partitions = [0, 1].map((partition) => ({ topic: 't', partition }));
  poller.onAssigned(partitions, true);
  poller.attach(session);
  const fetch = (partition: number, offset: number) =>
    poller.onFetched({
      topic: 't',
      partition,
      messages: [createMessage(offset)],
      nextOffset: offset + 1,
      endOffset: offset + 1,
    });
  return { poller, events, lines, commits, fetch };
}

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('on a fake clock', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
  it('a function may run for 14 minutes: its partition waits for it, others go on, and it commits at the end', async () => {
    const { events, commits, fetch } = createPoller({}, (event) =>
      't-0' in event.records ? after(14 * MINUTE_MS) : null,
    );
    fetch(0, 1);
    fetch(0, 2);
    for (let minute = 1; minute < 14; minute += 1) {
      await jest.advanceTimersByTimeAsync(MINUTE_MS);
      fetch(1, minute);
    }
    await jest.advanceTimersByTimeAsync(MINUTE_MS - 1);
    expect(events.filter((event) => 't-0' in event.records).map(offsetsOf)).toEqual([{ 't-0': [1] }]);
    expect(commits.filter(({ partition }) => partition === 0)).toEqual([]);
    expect(commits.at(-1)).toEqual({ partition: 1, offset: 14 });
    await jest.advanceTimersByTimeAsync(1);
    expect(commits.at(-1)).toEqual({ partition: 0, offset: 2 });
    expect(offsetsOf(events.at(-1))).toEqual({ 't-0': [2] });
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
  it('a window of 300 s holds a batch for 300 s from its first record', async () => {
    const { events, fetch } = createPoller({ windowMs: 300_000 }, () => null);
    fetch(0, 1);
    await jest.advanceTimersByTimeAsync(200_000);
    fetch(0, 2);
    await jest.advanceTimersByTimeAsync(99_999);
    expect(events).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(events.map(offsetsOf)).toEqual([{ 't-0': [1, 2] }]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
  it('a batch that fails for a day is retried for a day, every 5 s, and then committed', async () => {
    const recoversAtMs = Date.now() + 24 * 60 * MINUTE_MS;
    const { events, commits, fetch } = createPoller({}, () => {
      if (Date.now() < recoversAtMs) throw new Error('database away');
    });
    fetch(0, 1);
    await jest.advanceTimersByTimeAsync(24 * 60 * MINUTE_MS - 1);
    expect(commits).toEqual([]);
    expect(events.length).toBeGreaterThan((24 * 60 * 60) / 5 - 1);
    await jest.advanceTimersByTimeAsync(5_001);
    expect(commits).toEqual([{ partition: 0, offset: 2 }]);
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html
  it('a record that grows older than MaximumRecordAgeInSeconds between retries is given up', async () => {
    const failurePolicy = { ...RETRY_UNTIL_SUCCESS, maxRecordAgeMs: 600_000 };
    const { lines, commits, fetch } = createPoller({ failurePolicy }, () => {
      throw new Error('never');
    });
    fetch(0, 1);
    await jest.advanceTimersByTimeAsync(599_000);
    expect(commits).toEqual([]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(commits).toEqual([{ partition: 0, offset: 2 }]);
    expect(lines.find(({ message }) => message === 'records discarded')?.fields.reason).toBe('record age exceeded');
  });
});

describe('waiting', () => {
  it('ends early when its signal aborts', async () => {
    jest.useRealTimers();
    const stopping = new AbortController();
    const waiting = sleep(60_000, stopping.signal);
    stopping.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
