import type { createPastEraser } from '@tidemark/domains/erasure';
import { createJudge } from '@tidemark/domains/judge';
import type { Stream } from '@tidemark/domains/stream';
import type { Clock } from '@tidemark/platform/clock';
import type { OutgoingRecord, TransactionalWriter } from '@tidemark/platform/kafka/transactional-writer';
import type { Log } from '@tidemark/platform/log';

/** What a transaction carries: short, because readers of the topic wait for its end. */
const MAX_RECORDS = 2_000;
const MAX_BYTES = 2 * 1024 * 1024;

export interface ProduceTarget {
  /** Undefined in a dry run: nothing is produced. */
  readonly kafka: TransactionalWriter | undefined;
  /** Kept in Kafka beside the progress. */
  readonly note: string;
  /** Values of the file before the first one. */
  readonly first: number;
  /** Asked before each transaction: an erasure may be requested meanwhile. */
  readonly readEraser: () => Promise<ReturnType<typeof createPastEraser>>;
  /** Begins no second transaction after this moment, milliseconds since 1970 UTC. */
  readonly deadlineMs: number;
}

export interface Produced {
  /** Values that were dealt with: produced, or left out. */
  readonly records: number;
  /** By reason. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly erased: number;
  /** False where the time was up before. */
  readonly isAtEnd: boolean;
}

/** Produces values in transactions, each with the place in the file that it reaches. */
export async function produceValues(
  stream: Stream,
  values: AsyncIterable<Buffer>,
  { kafka, note, first, readEraser, deadlineMs }: ProduceTarget,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Produced> {
  const judge = createJudge(stream);
  const deadLetters: Record<string, number> = {};
  let isErased = await readEraser();
  let erased = 0;
  let records = 0;
  let committed = 0;
  let batch: OutgoingRecord[] = [];
  let bytes = 0;
  let loggedAtMs = clock();

  const add = (value: Buffer): void => {
    records += 1;
    // Appending stamps it with the present.
    const verdict = judge({ key: null, value, headers: [], timestamp: clock() });
    const key = verdict.isValid ? Buffer.from(stream.keyOf(verdict.event)) : null;
    if (isErased({ key, value, eventTimeMs: verdict.isValid ? stream.eventTimeOf(verdict.event) : undefined })) {
      erased += 1;
      return;
    }
    if (!verdict.isValid) deadLetters[verdict.reason] = (deadLetters[verdict.reason] ?? 0) + 1;
    batch.push({ key, value, headers: [] });
    bytes += value.length;
  };
  const flush = async () => {
    if (committed === records) return;
    await kafka?.write(batch, { position: first + records, note });
    committed = records;
    batch = [];
    bytes = 0;
    isErased = await readEraser();
    if (clock() - loggedAtMs < LOG_INTERVAL_MS) return;
    loggedAtMs = clock();
    log.info('backfill goes on', { stream: stream.name, records: first + records });
  };

  let isAtEnd = true;
  for await (const value of values) {
    if (batch.length > 0 && (batch.length === MAX_RECORDS || bytes + value.length > MAX_BYTES)) await flush();
    // Finding the place takes time as well: an invocation that comes to it brings the load forward.
    if (batch.length === 0 && records > 0 && clock() >= deadlineMs) {
      isAtEnd = false;
      break;
    }
    add(value);
  }
  await flush();
  return { records, deadLetters, erased, isAtEnd };
}

const LOG_INTERVAL_MS = 10_000;
