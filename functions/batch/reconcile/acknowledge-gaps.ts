import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { z } from 'zod';
import { EXPIRED_UNREAD } from './account-partition.ts';
import type { Finding, PartitionLedger } from './ledger.ts';
import { countOffsets, intersect, type OffsetRange, subtract } from './offset-ranges.ts';
import type { StreamLedger } from './reconcile-stream.ts';

/** A gap that an operator accepts: offsets from `from` (inclusive) to `to` (exclusive), and why. */
export const acknowledgementSchema = z.strictObject({
  partition: z.int().min(0),
  from: z.int().min(0),
  to: z.int().min(1),
  reason: z.string().trim().min(1).max(1000),
});

export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

/** A partition whose `gaps` are the open ones. */
export interface AcknowledgedPartition extends PartitionLedger {
  /** Gaps that were accepted; they stay in the account `gap`. */
  readonly acknowledged: readonly Finding[];
}

/** A ledger that knows what was accepted. */
export interface AcknowledgedLedger extends StreamLedger {
  readonly partitions: readonly AcknowledgedPartition[];
}

/**
 * Says why a range cannot be accepted; undefined where it can. Only what expired unread and lies below the tidemark can:
 * nothing will ever bring it back, while every other gap has a remedy, and a range without a gap would hide the next.
 */
export function findObjection({ partitions }: StreamLedger, range: Acknowledgement): string | undefined {
  const expired = partitions.filter(({ partition }) => partition === range.partition).flatMap(findExpired);
  const covered = expired.flatMap((gap) => intersect(gap, range) ?? []);
  if (range.from < range.to && countOffsets(covered) === range.to - range.from) return undefined;
  const known = expired.map(({ from, to }) => `${from}-${to - 1}`).join(', ');
  return (
    `acknowledge: offsets ${range.from}-${range.to - 1} of partition ${range.partition} are not all ` +
    `"${EXPIRED_UNREAD}"; ${known === '' ? 'no offset of it is' : `those are ${known}`}`
  );
}

/** Writes an acknowledgement down. */
export async function storeAcknowledgement(
  clickhouse: ClickHouse,
  stream: string,
  { partition, from, to, reason }: Acknowledgement,
  atMs: number,
): Promise<void> {
  await clickhouse.insert(
    'tidemark.acknowledged_gaps',
    ['stream', '_partition', 'from_offset', 'to_offset', 'reason', 'acknowledged_at'],
    [[stream, partition, from, to, reason, atMs]],
  );
}

/** Every acknowledgement of a stream, the oldest first. */
export async function readAcknowledgements(clickhouse: ClickHouse, stream: string): Promise<Acknowledgement[]> {
  const { rows } = await clickhouse.query<Acknowledgement>(
    `SELECT _partition AS partition, from_offset AS from, to_offset AS to, reason
     FROM tidemark.acknowledged_gaps WHERE stream = {stream:String} ORDER BY acknowledged_at`,
    { stream },
  );
  return rows;
}

/** Sets what was accepted apart from the gaps that are open. */
export function applyAcknowledgements(
  ledger: StreamLedger,
  acknowledgements: readonly Acknowledgement[],
): AcknowledgedLedger {
  const partitions = ledger.partitions.map((partition) => {
    const own = acknowledgements.filter((each) => each.partition === partition.partition);
    const expired = new Set(findExpired(partition));
    const acknowledged: Finding[] = [];
    const gaps = partition.gaps.flatMap((gap) => {
      if (!expired.has(gap)) return [gap];
      let open: OffsetRange[] = [gap];
      for (const { reason, ...range } of own) {
        const accepted = open.flatMap((rest) => intersect(rest, range) ?? []);
        acknowledged.push(...accepted.map((part) => ({ ...part, reason: `${gap.reason}; accepted: ${reason}` })));
        open = open.flatMap((rest) => subtract(rest, [range]));
      }
      return open.map(({ from, to }) => ({ from, to, reason: gap.reason }));
    });
    return { ...partition, gaps, acknowledged: acknowledged.sort((a, b) => a.from - b.from) };
  });
  return { ...ledger, partitions };
}

function findExpired({ gaps, tidemark }: PartitionLedger): Finding[] {
  return gaps.filter(({ to, reason }) => reason === EXPIRED_UNREAD && to <= tidemark);
}
