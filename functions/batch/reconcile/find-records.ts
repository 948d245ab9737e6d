import { type KafkaLog, OffsetOutOfRange } from '@tidemark/platform/kafka/log';
import { appendRange, intersect, type OffsetRange } from './offset-ranges.ts';

/** Whether Kafka has records at offsets that no table has. The three lists are in order and cover what was asked for. */
export interface RecordsInLog {
  /** A reader of committed records gets one here. */
  readonly records: readonly OffsetRange[];
  /** Markers of transactions and what was aborted. */
  readonly withoutRecord: readonly OffsetRange[];
  /** Below the log's start: Kafka cannot say. */
  readonly expired: readonly OffsetRange[];
}

/** Ranges so close together are read in one go. */
const MAX_SKIP = 2_000;

/** Asks Kafka about ranges in order, all below the last stable offset. */
export async function findRecords(
  kafka: KafkaLog,
  topic: string,
  partition: number,
  ranges: readonly OffsetRange[],
): Promise<RecordsInLog> {
  const records: OffsetRange[] = [];
  const withoutRecord: OffsetRange[] = [];
  const expired: OffsetRange[] = [];
  const readLogStart = async () =>
    (await kafka.offsets(topic)).find((bounds) => bounds.partition === partition)?.logStart ?? 0;
  let logStart = await readLogStart();

  for (const group of groupNeighbours(ranges)) {
    for (;;) {
      const inLog = group.ranges.flatMap((range) => intersect(range, { from: logStart, to: group.to }) ?? []);
      const first = inLog[0]?.from;
      try {
        const found =
          first === undefined ? [] : await readOffsets(kafka, { topic, partition, from: first, to: group.to });
        for (const range of group.ranges) {
          const lost = intersect(range, { from: range.from, to: logStart });
          if (lost !== undefined) appendRange(expired, lost);
        }
        splitByRecords(inLog, found, records, withoutRecord);
        break;
      } catch (error) {
        // Retention takes what is being read: the log's start is asked for last, and decides.
        if (!(error instanceof OffsetOutOfRange)) throw error;
        logStart = Math.max(logStart + 1, await readLogStart());
      }
    }
  }
  return { records, withoutRecord, expired };
}

function groupNeighbours(ranges: readonly OffsetRange[]): { ranges: OffsetRange[]; to: number }[] {
  const groups: { ranges: OffsetRange[]; to: number }[] = [];
  for (const range of ranges) {
    const last = groups.at(-1);
    if (last === undefined || range.from - last.to > MAX_SKIP) groups.push({ ranges: [range], to: range.to });
    else {
      last.ranges.push(range);
      last.to = range.to;
    }
  }
  return groups;
}

async function readOffsets(kafka: KafkaLog, range: Parameters<KafkaLog['read']>[0]): Promise<OffsetRange[]> {
  const found: OffsetRange[] = [];
  for await (const { records } of kafka.read(range)) {
    for (const { offset } of records) appendRange(found, { from: offset, to: offset + 1 });
  }
  return found;
}

/** Both lists are in order: one walk over the two. */
function splitByRecords(
  ranges: readonly OffsetRange[],
  found: readonly OffsetRange[],
  records: OffsetRange[],
  withoutRecord: OffsetRange[],
): void {
  let next = 0;
  for (const range of ranges) {
    let from = range.from;
    while ((found[next]?.to ?? Number.POSITIVE_INFINITY) <= from) next += 1;
    for (let index = next; (found[index]?.from ?? Number.POSITIVE_INFINITY) < range.to; index += 1) {
      const inside = intersect(found[index] as OffsetRange, range);
      if (inside === undefined) continue;
      if (inside.from > from) appendRange(withoutRecord, { from, to: inside.from });
      appendRange(records, inside);
      from = inside.to;
    }
    if (from < range.to) appendRange(withoutRecord, { from, to: range.to });
  }
}
