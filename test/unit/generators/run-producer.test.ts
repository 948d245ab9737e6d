import { describe, expect, it } from '@jest/globals';
import type { Message } from '../../../localstack/generators/producing/message.ts';
import { type Clock, type ProducerRun, runProducer } from '../../../localstack/generators/producing/run-producer.ts';

/** Time passes only by sleeping, and by sends where the test says so. */
function createFakeClock(): Clock & { advance(ms: number): void } {
  let nowMs = 1_000_000;
  return {
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

function* countMessages(end = Number.POSITIVE_INFINITY): Generator<Message> {
  for (let i = 0; i < end; i++) yield { topic: 't', key: '1', value: Buffer.from(String(i)) };
}

async function runOnFakes(run: Partial<ProducerRun>, sendMs: (batch: number) => number = () => 0) {
  const clock = createFakeClock();
  const batches: (readonly Message[])[] = [];
  const progress: number[] = [];
  const sink = {
    send: async (messages: readonly Message[]) => {
      clock.advance(sendMs(batches.length));
      batches.push(messages);
    },
  };
  const result = await runProducer(
    { messages: countMessages(), signal: new AbortController().signal, ...run },
    { sink, clock, onProgress: (produced) => progress.push(produced) },
  );
  return { result, batches, progress, values: batches.flat().map(({ value }) => Number(value)) };
}

describe('the runner', () => {
  it.each([
    [2, 30_000, 60],
    [500, 4_000, 2_000],
  ])('produces at %d/s for %d ms: %d events', async (ratePerSecond, maxDurationMs, expected) => {
    const { result } = await runOnFakes({ ratePerSecond, maxDurationMs });

    expect(result).toEqual({ produced: expected, durationMs: maxDurationMs });
  });

  it('reaches 100,000/s, to the millisecond', async () => {
    const { result } = await runOnFakes({ ratePerSecond: 100_000, maxDurationMs: 1_000 });

    expect(Math.abs(result.produced - 100_000)).toBeLessThanOrEqual(100);
  });

  it('keeps its pace when sends take their time', async () => {
    const { result } = await runOnFakes({ ratePerSecond: 1_000, maxDurationMs: 10_000 }, () => 37);

    expect(Math.abs(result.produced - 10_000)).toBeLessThanOrEqual(37);
  });

  it('ends at the count, and sends every message once and in order', async () => {
    const { result, values } = await runOnFakes({ maxCount: 12_345 });

    expect(result.produced).toBe(12_345);
    expect(values).toEqual(Array.from({ length: 12_345 }, (_, i) => i));
  });

  it('ends with its messages', async () => {
    const { result } = await runOnFakes({ messages: countMessages(2_500) });

    expect(result.produced).toBe(2_500);
  });

  it('takes messages that come in their own time', async () => {
    async function* readSlowly() {
      yield* countMessages(7);
    }
    const { values } = await runOnFakes({ messages: readSlowly() });

    expect(values).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('takes a message only when it is due, so that live events carry the moment of their sending', async () => {
    const clock = createFakeClock();
    function* stamp(): Generator<Message> {
      while (true) yield { topic: 't', key: '1', value: Buffer.from(String(clock.now() - 1_000_000)) };
    }
    const stamps: number[] = [];
    const sink = { send: async (batch: readonly Message[]) => void stamps.push(...batch.map((m) => Number(m.value))) };

    const { signal } = new AbortController();
    const run = { messages: stamp(), ratePerSecond: 4, maxCount: 5, signal };
    await runProducer(run, { sink, clock, onProgress: () => {} });

    expect(stamps).toEqual([0, 250, 500, 750, 1_000]);
  });

  it('finishes the batch in flight when it is told to stop, and closes its source', async () => {
    const controller = new AbortController();
    let isClosed = false;
    function* source(): Generator<Message> {
      try {
        yield* countMessages();
      } finally {
        isClosed = true;
      }
    }
    const { result, batches } = await runOnFakes({ messages: source(), signal: controller.signal }, (batch) => {
      if (batch === 2) controller.abort();
      return 1;
    });

    expect(batches).toHaveLength(3);
    expect(result.produced).toBe(batches.flat().length);
    expect(isClosed).toBe(true);
  });

  it('reports after each acknowledged batch', async () => {
    const { progress, batches } = await runOnFakes({ maxCount: 2_500 });

    expect(progress).toHaveLength(batches.length);
    expect(progress.at(-1)).toBe(2_500);
  });

  it('fails with the sink, and counts nothing that was not acknowledged', async () => {
    const reported: number[] = [];
    const sink = { send: () => Promise.reject(new Error('refused')) };
    const run = { messages: countMessages(), signal: new AbortController().signal };

    await expect(
      runProducer(run, { sink, clock: createFakeClock(), onProgress: (produced) => reported.push(produced) }),
    ).rejects.toThrow('refused');
    expect(reported).toEqual([]);
  });
});
