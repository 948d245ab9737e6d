import type { RecordsInLog } from './find-records.ts';
import { judgeAboveTidemark, judgeBelowTidemark } from './judge-offsets.ts';
import { createLedgerBook, type Judgement, type LedgerBook, type PartitionLedger } from './ledger.ts';
import { BUCKET_OFFSETS, type Bucket, type PresenceRange } from './measure-buckets.ts';
import {
  appendRange,
  countOffsets,
  cutAt,
  findOverlapping,
  intersect,
  type OffsetRange,
  subtract,
} from './offset-ranges.ts';

/** One partition, as it was when the lake was pinned. */
export interface PartitionFacts extends OffsetRange {
  readonly partition: number;
  readonly logStart: number;
  readonly tidemark: number;
  readonly committed: number | null;
  /** What the snapshot says that it holds below the tidemark: events, dead letters and repeats. */
  readonly heldBySummary: number;
  /** Of these the repeats: valid records that the lake's events leave out. */
  readonly repeatedBySummary: number;
  /** What compaction itself found to be lost. */
  readonly recordedGaps: readonly OffsetRange[];
  /** What erasures took, in order and disjoint: perhaps as many ranges as a customer had events. */
  readonly erased: readonly ErasedRange[];
}

/** What an erasure took; once it is finished, no table may have it any more. */
export interface ErasedRange extends OffsetRange {
  readonly isFinished: boolean;
}

/** How an account is taken: a bucket is looked into only where its sums do not tell all. */
export interface PartitionReader {
  readPresence(range: OffsetRange): Promise<PresenceRange[]>;
  /** Valid records of the bronze table that are no events of the lake, though no event has their id. */
  findUncounted(): Promise<readonly OffsetRange[]>;
  findRecords(ranges: readonly OffsetRange[]): Promise<RecordsInLog>;
}

/** Gaps that the lake's summary counts too: Kafka's retention took the records before either layer had stored them. */
export const EXPIRED_UNREAD = 'expired before it was read';

/**
 * Accounts for every offset of a partition. Buckets whose sums show that every offset is there once, and alike in both
 * layers, are taken as they are; of the others every offset is looked at, and Kafka is asked about those in no table.
 */
export async function accountPartition(
  facts: PartitionFacts,
  buckets: readonly Bucket[],
  reader: PartitionReader,
): Promise<PartitionLedger> {
  const { partition, from, to, logStart, tidemark, committed } = facts;
  const book = createLedgerBook();
  const byIndex = new Map(buckets.map((bucket) => [bucket.bucket, bucket]));
  const nowhere: OffsetRange[] = [];
  let heldBelow = 0;
  for (let index = Math.floor(from / BUCKET_OFFSETS); index * BUCKET_OFFSETS < to; index += 1) {
    const whole = { from: index * BUCKET_OFFSETS, to: (index + 1) * BUCKET_OFFSETS };
    const range = intersect(whole, facts);
    if (range === undefined) continue;
    const bucket = byIndex.get(index);
    if (bucket === undefined) appendRange(nowhere, range);
    else if (findOverlapping(facts.erased, range).length === 0 && takeWhole(bucket, range, tidemark, book))
      heldBelow += range.to <= tidemark ? range.to - range.from : 0;
    else {
      const present = await reader.readPresence(range);
      for (const hole of subtract(range, present)) appendRange(nowhere, hole);
      heldBelow += judgePresent(present, facts, book, nowhere);
    }
  }
  await judgeRepeats(facts, reader, book);
  await judgeNowhere(nowhere, heldBelow, facts, reader, book);
  const { gaps, ...rest } = book.close();
  // Only what lies below the tidemark is published as a gap, and can be accepted.
  const cut = gaps.flatMap(({ reason, ...gap }) => cutAt(gap, [tidemark]).map((part) => ({ ...part, reason })));
  return { partition, from, to, logStart, tidemark, committed, gaps: cut, ...rest };
}

/** Books a bucket by its sums; false where they leave a question open. */
function takeWhole(bucket: Bucket, range: OffsetRange, tidemark: number, book: LedgerBook): boolean {
  const size = range.to - range.from;
  const [lake, refused, received, hot, hotRefused] = bucket.offsets;
  if (bucket.rows.some((rows, kind) => rows !== bucket.offsets[kind])) return false;
  if (range.to <= tidemark) {
    const valid = bucket.valid_offsets;
    if (bucket.batch_offsets !== size || valid + refused !== size || bucket.is_alike !== 1) return false;
    if (received > 0 && valid !== received) return false;
    book.count('lake', lake);
    book.count('repeats', valid - lake);
    book.count('dead_letters', refused);
    return true;
  }
  if (range.from < tidemark || lake > 0) return false;
  if (bucket.speed_offsets !== size || hot + hotRefused !== size) return false;
  book.count('hot', hot);
  book.count('dead_letters', hotRefused);
  return true;
}

/** @returns how many offsets below the tidemark the lake holds, or has lost for certain */
function judgePresent(
  present: readonly PresenceRange[],
  { tidemark, erased }: PartitionFacts,
  book: LedgerBook,
  nowhere: OffsetRange[],
): number {
  let heldBelow = 0;
  for (const { from, to, presence } of present) {
    const takenHere = findOverlapping(erased, { from, to });
    for (const { isFinished, ...taken } of takenHere) {
      const back = intersect(taken, { from, to });
      if (back === undefined) continue;
      book.add(back, { account: 'erased', ...(isFinished && { mismatch: 'erased, and there again' }) });
      const isInLake = presence.lake + presence.refused + presence.received > 0;
      if (isInLake && back.from < tidemark) heldBelow += back.to - back.from;
    }
    for (const range of subtract({ from, to }, takenHere).flatMap((each) => cutAt(each, [tidemark]))) {
      const judge = range.from < tidemark ? judgeBelowTidemark : judgeAboveTidemark;
      const judgement = judge(presence);
      if (judgement === undefined) nowhere.push(range);
      else book.add(range, judgement);
      if (range.from < tidemark && judgement !== undefined) heldBelow += range.to - range.from;
    }
  }
  return heldBelow;
}

/** A valid record that is no event repeats one, unless there are more of them than were left out. */
async function judgeRepeats(
  { from, tidemark, repeatedBySummary }: PartitionFacts,
  reader: PartitionReader,
  book: LedgerBook,
): Promise<void> {
  if (book.accounts.repeats <= repeatedBySummary) return;
  for (const range of await reader.findUncounted()) {
    book.count('repeats', range.from - range.to);
    book.add(range, { account: 'gap', gap: 'received, but not among the events of the lake' });
  }
  const unexplained = book.accounts.repeats - repeatedBySummary;
  if (unexplained > 0) book.note({ from, to: tidemark }, `${unexplained} more repeats than were left out`);
}

/** What no table has: not delivered yet, no record at all, or lost. */
async function judgeNowhere(
  nowhere: readonly OffsetRange[],
  heldBelow: number,
  { tidemark, committed, logStart, recordedGaps, heldBySummary, erased }: PartitionFacts,
  reader: PartitionReader,
  book: LedgerBook,
): Promise<void> {
  const seenEnd = Math.max(tidemark, committed ?? logStart);
  const asked: OffsetRange[] = [];
  const inOrder = [...nowhere].sort((a, b) => a.from - b.from);
  const unexplained = inOrder.flatMap((range) => subtract(range, findOverlapping(erased, range)));
  book.count('erased', countOffsets(inOrder) - countOffsets(unexplained));
  for (const range of unexplained.flatMap((each) => cutAt(each, [tidemark, seenEnd]))) {
    if (range.from >= seenEnd) book.add(range, { account: 'not_delivered' });
    else asked.push(range);
  }
  const { records, withoutRecord, expired } = await reader.findRecords(asked);
  for (const range of withoutRecord) book.add(range, { account: 'no_record' });
  for (const range of records.flatMap((each) => cutAt(each, [tidemark]))) {
    const where = range.from < tidemark ? 'Kafka has it, the lake passed it' : 'delivered, but not in the hot table';
    book.add(range, { account: 'gap', gap: where });
  }
  const unknown: OffsetRange[] = [];
  for (const range of expired.flatMap((each) => cutAt(each, [tidemark]))) {
    if (range.from >= tidemark) book.add(range, EXPIRED);
    else {
      const elsewhere = subtract(range, recordedGaps);
      for (const known of subtract(range, elsewhere)) book.add(known, EXPIRED);
      unknown.push(...elsewhere);
    }
  }
  judgeUnknown(unknown, heldBySummary - heldBelow - countBelow(records, tidemark), book);
}

const EXPIRED: Judgement = { account: 'gap', gap: EXPIRED_UNREAD };

/**
 * Below the tidemark and Kafka's start, in no table: markers of transactions, as long as the lake holds as many records
 * as its summary says. What is missing to that number is among them.
 */
function judgeUnknown(unknown: readonly OffsetRange[], missing: number, book: LedgerBook): void {
  const candidates = countOffsets(unknown);
  const gap =
    missing >= candidates ? 'lost from the lake' : `${missing} of ${candidates} such offsets were lost from the lake`;
  for (const range of unknown) book.add(range, missing > 0 ? { account: 'gap', gap } : { account: 'no_record' });
}

function countBelow(ranges: readonly OffsetRange[], tidemark: number): number {
  return countOffsets(ranges.flatMap((range) => intersect(range, { from: range.from, to: tidemark }) ?? []));
}
