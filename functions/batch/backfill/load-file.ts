import { createPastEraser } from '@tidemark/domains/erasure';
import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import { createErasureSource } from '@tidemark/platform/erasures';
import { TidemarkError } from '@tidemark/platform/errors';
import type { OpenTransactionalWriter, TransactionalWriter } from '@tidemark/platform/kafka/transactional-writer';
import type { Log } from '@tidemark/platform/log';
import type { SourceFile } from '@tidemark/platform/source-files';
import { type Format, findFormat } from './file-format.ts';
import { type KnownLoad, readLoad, writeLoad } from './load-log.ts';
import { produceValues } from './produce-values.ts';
import { openValues } from './read-values.ts';
import type { Mapping } from './write-value.ts';

/** The load cannot go on: its file has changed, or its progress is gone. */
export class LoadRefused extends TidemarkError {}

export interface LoadInput {
  readonly loadId: string;
  readonly format?: Format | undefined;
  readonly mapping: Mapping;
  /** Judges the file by today's schema, and produces nothing. */
  readonly isDryRun: boolean;
  /** Begins no second transaction after this moment, milliseconds since 1970 UTC. */
  readonly deadlineMs: number;
}

export interface LoadDependencies {
  /** Reads, as the user `query`. */
  readonly reader: ClickHouse;
  /** Inserts, and reads what was erased, as the user `ingest`. */
  readonly writer: ClickHouse;
  readonly openWriter: OpenTransactionalWriter;
  readonly clock: Clock;
  readonly log: Log;
}

export interface LoadReport {
  readonly source: string;
  readonly load_id: string;
  /** `paused`: out of time, and the next invocation goes on. */
  readonly status: 'done' | 'already_done' | 'paused' | 'dry_run';
  /** Of the file, so far: in the topic now, left out, or in a dry run judged. */
  readonly records: number;
  /** 100 only where all of them are. */
  readonly percent: number;
  /** Of this invocation. */
  readonly records_now: number;
  readonly dead_letters_now: Readonly<Record<string, number>>;
  /** Left out, because they tell of the past of somebody who was erased. */
  readonly erased_now: number;
  readonly duration_ms: number;
}

/**
 * Produces a file's records to the stream's topic, each once however often it is killed and started: a transaction
 * carries how many records of the file were dealt with, and the next invocation goes on behind them. What an erasure has
 * had before it was asked for is left out.
 *
 * @throws SourceError for a file that cannot be read as it is to be; LoadRefused for another file under the same id, or
 * where Kafka has forgotten how far the load has come; WriterFenced where another invocation of the same load takes over
 */
export async function loadFile(
  stream: Stream,
  file: SourceFile,
  input: LoadInput,
  deps: LoadDependencies,
): Promise<LoadReport> {
  const { loadId, mapping, isDryRun } = input;
  const { format, isGzipped } = findFormat(file.name, input.format);
  const fingerprint = [file.fingerprint, format, describeMapping(mapping)].join(' ');
  const load: KnownLoad = { stream: stream.name, source: file.name, fingerprint, status: 'begun', records: 0 };
  const start = deps.clock();
  const report = (status: LoadReport['status'], more: Partial<LoadReport> = {}): LoadReport => ({
    source: file.name,
    load_id: loadId,
    status,
    records: 0,
    percent: 100,
    records_now: 0,
    dead_letters_now: {},
    erased_now: 0,
    ...more,
    duration_ms: deps.clock() - start,
  });

  const known = await readLoad(deps.reader, loadId);
  if (known !== undefined && !isDryRun) refuseOther(known, load, loadId);
  if (known?.status === 'done' && !isDryRun) return report('already_done', { records: known.records });

  const values = await openValues(stream, file, { format, isGzipped, mapping });
  let kafka: TransactionalWriter | undefined;
  try {
    kafka = isDryRun ? undefined : await openLoad(stream, load, loadId, known !== undefined, deps);
    const first = kafka?.progress?.position ?? 0;
    const readErasures = createErasureSource(deps.writer, stream.name, deps.clock);
    const readEraser = async () => createPastEraser(stream, await readErasures());
    const target = { kafka, note: fingerprint, first, readEraser, deadlineMs: input.deadlineMs };
    const { records, deadLetters, erased, isAtEnd } = await produceValues(stream, values.read(first), target, deps);
    const counts = {
      records: first + records,
      records_now: records,
      dead_letters_now: deadLetters,
      erased_now: erased,
      // Reading is ahead of producing: all may have been read while some of it is not in the topic.
      percent: isAtEnd ? 100 : Math.min(99.9, Math.floor(values.progress() * 1000) / 10),
    };
    if (isDryRun) return report('dry_run', counts);
    await writeLoad(deps.writer, loadId, { ...load, status: isAtEnd ? 'done' : 'begun', records: counts.records });
    return report(isAtEnd ? 'done' : 'paused', counts);
  } finally {
    await Promise.all([values.close(), kafka?.close()]);
  }
}

/** Each transaction carries the mapping in an offset's metadata, of which Kafka takes 4,096 bytes. */
const MAX_MAPPING_BYTES = 3_000;

/** The same for the same renaming, in whatever order it is given. */
function describeMapping(mapping: Mapping): string {
  const text = JSON.stringify(Object.fromEntries(Object.entries(mapping).sort(([a], [b]) => (a < b ? -1 : 1))));
  if (Buffer.byteLength(text) <= MAX_MAPPING_BYTES) return text;
  throw new LoadRefused(`mapping: must not be longer than ${MAX_MAPPING_BYTES} bytes`, { retryable: false });
}

function refuseOther(known: KnownLoad, load: KnownLoad, loadId: string): void {
  if (known.stream === load.stream && known.fingerprint === load.fingerprint) return;
  throw new LoadRefused(
    `load ${loadId} is of another file: ${known.source} into ${known.stream}, ${known.records} records of it so far. ` +
      'A file that has changed, or is read in another way, needs a loadId of its own.',
    { retryable: false },
  );
}

/**
 * Opens the load's writer. Before the first record, Kafka keeps a progress of 0, and only then is the load written down
 * as begun: where it is written down and Kafka has no progress, Kafka has forgotten it, and nobody knows how far it was.
 */
async function openLoad(
  stream: Stream,
  load: KnownLoad,
  loadId: string,
  hasBegun: boolean,
  { openWriter, writer }: LoadDependencies,
): Promise<TransactionalWriter> {
  const kafka = await openWriter(`tidemark-backfill-${loadId}`, stream.topic);
  try {
    if (kafka.progress === undefined) {
      if (hasBegun) throw forgotten(loadId);
      await kafka.write([], { position: 0, note: load.fingerprint });
    } else if (kafka.progress.note !== load.fingerprint) {
      throw new LoadRefused(`load ${loadId} was begun with another file`, { retryable: false });
    }
    if (!hasBegun) await writeLoad(writer, loadId, load);
    return kafka;
  } catch (error) {
    await kafka.close();
    throw error;
  }
}

function forgotten(loadId: string): LoadRefused {
  return new LoadRefused(
    `Kafka has forgotten how far load ${loadId} had come: it keeps that for offsets.retention.minutes (7 days) after ` +
      'the last commit, and not beyond the end of its topic. Find out what is loaded, and load the rest as another file.',
    { retryable: false },
  );
}
