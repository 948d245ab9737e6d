import { Batcher } from '../../src/core/batcher.ts';
import { type FailurePolicy, RETRY_UNTIL_SUCCESS } from '../../src/core/failure-policy.ts';
import { deliverBatch } from '../../src/delivery.ts';
import type { Capture } from '../../src/destinations/capture.ts';
import { createInvoker, createMapping, createRecordingLog, offsetsOf } from './fakes.ts';
import { createRecord } from './records.ts';

/** Offsets by `topic-partition`. */
export type Offsets = Record<string, number[]>;

export interface Circumstances {
  /** Of all records. */
  timestamp?: number;
  capture?: Capture;
  /** Called with each wait. */
  onWait?: () => void;
}

/** Delivers one batch of the given offsets per partition; returns what happened, in order. */
export async function deliver(
  offsets: number[][],
  policy: Partial<FailurePolicy>,
  respond: (offsets: Offsets, attempt: number) => unknown,
  { timestamp = Date.now(), capture, onWait = () => {} }: Circumstances = {},
) {
  const batcher = new Batcher({ maxRecords: 1000, windowMs: 0, maxBytes: 1e6, envelopeBytes: 100, maxInFlight: 1 });
  const lanes = batcher.assign(
    offsets.map((_, partition) => ({ topic: 't', partition })),
    true,
  );
  lanes.forEach((lane, i) => {
    const records = (offsets[i] ?? []).map((offset) => createRecord(offset, { timestamp }));
    lane.accept(records, (offsets[i]?.at(-1) ?? -1) + 1);
  });
  const batch = batcher.next(0);
  if (!batch) throw new Error('no batch is due');
  let attempt = 0;
  const { invoker, events } = createInvoker((event) => {
    attempt += 1;
    return respond(offsetsOf(event), attempt);
  });
  const { log, lines } = createRecordingLog();
  const finished: { outcome: string; offsets: Offsets }[] = [];
  const unfinished: (number | undefined)[][] = [];
  const waits: number[] = [];
  await deliverBatch(
    batch,
    {
      mapping: createMapping({ failurePolicy: { ...RETRY_UNTIL_SUCCESS, ...policy } }),
      source: { kind: 'self-managed', bootstrapServers: 'b-1:9092' },
      invoker,
      log,
      sleep: async (ms) => {
        waits.push(ms);
        onWait();
      },
      finish: async (slices, outcome) => {
        for (const { lane, records } of slices) lane.finish(records);
        const done = slices.map(({ lane, records }) => [lane.name, records.map(({ offset }) => offset)]);
        finished.push({ outcome, offsets: Object.fromEntries(done) });
        unfinished.push(lanes.map(({ firstUnfinished }) => firstUnfinished));
      },
      onFailure: () => {},
      capture,
    },
    new AbortController().signal,
  );
  return { events, attempts: events.map(offsetsOf), finished, unfinished, waits, lines };
}

/** A function that throws where it gets one of these offsets. */
export const failOn =
  (...poison: number[]) =>
  (offsets: Offsets) => {
    if (
      Object.values(offsets)
        .flat()
        .some((offset) => poison.includes(offset))
    )
      throw new Error('poison');
  };

export const itemFailures = (...failures: [partition: string, offset: number][]) => ({
  batchItemFailures: failures.map(([partition, offset]) => ({ itemIdentifier: { partition, offset } })),
});
