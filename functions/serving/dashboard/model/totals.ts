import type { PartitionStatus, Status, StreamStatus } from './contract.ts';

/** What streams add up to, in records. */
export interface Totals {
  stored: number;
  rejected: number;
  /** Of them neither replayed nor discarded. */
  openLetters: number;
  openGaps: number;
  /** Null when Kafka does not answer. */
  offsets: OffsetTotals | null;
}

/** Sums over every partition. */
export interface OffsetTotals {
  inTopics: number;
  delivered: number;
  inLake: number;
  aboveTidemark: number;
  waiting: number;
  partitions: number;
}

/** Records per second into Kafka; null is not known. */
export interface Rates {
  total: number | null;
  ofStream: ReadonlyMap<string, number | null>;
}

export function sumStreams(streams: readonly StreamStatus[]): Totals {
  return {
    stored: sum(streams.map((stream) => stream.stored)),
    rejected: sum(streams.map((stream) => stream.rejected)),
    openLetters: sum(streams.map((stream) => stream.dead_letters_open)),
    openGaps: sum(streams.map((stream) => stream.open_gaps)),
    offsets: streams.some((stream) => stream.lag_records === null) ? null : sumOffsets(streams),
  };
}

/** Between two looks; unknown until there are two, while Kafka is silent, or after a topic was made anew. */
export function measureRates(before: Status | undefined, after: Status): Rates {
  const seconds = before === undefined ? 0 : (Date.parse(after.generated_at) - Date.parse(before.generated_at)) / 1000;
  const ofStream = new Map(
    after.streams.map((stream) => {
      const earlier = before?.streams.find((candidate) => candidate.stream === stream.stream);
      return [stream.stream, measureRate(earlier, stream, seconds)] as const;
    }),
  );
  const rates = [...ofStream.values()];
  const known = rates.filter((rate) => rate !== null);
  return { total: known.length === rates.length && rates.length > 0 ? sum(known) : null, ofStream };
}

function measureRate(before: StreamStatus | undefined, after: StreamStatus, seconds: number): number | null {
  const first = before === undefined ? null : sumStreams([before]).offsets;
  const last = sumStreams([after]).offsets;
  if (first === null || last === null) return null;
  const records = last.inTopics - first.inTopics;
  return seconds > 0 && records >= 0 ? records / seconds : null;
}

function sumOffsets(streams: readonly StreamStatus[]): OffsetTotals {
  const partitions = streams.flatMap((stream) => stream.partitions);
  const delivered = ({ committed_offset, log_start }: PartitionStatus) => committed_offset ?? log_start;
  return {
    inTopics: sum(partitions.map((partition) => partition.end_offset)),
    delivered: sum(partitions.map(delivered)),
    inLake: sum(partitions.map((partition) => partition.tidemark)),
    aboveTidemark: sum(partitions.map((partition) => Math.max(0, delivered(partition) - partition.tidemark))),
    waiting: sum(partitions.map((partition) => partition.lag_records)),
    partitions: partitions.length,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
