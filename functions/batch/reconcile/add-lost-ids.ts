import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { readRegisteredTidemark } from '@tidemark/platform/event-identities';
import type { Pin } from '@tidemark/platform/publication';
import { restoreRegistered } from '../rebuild/restore-hot.ts';
import type { PartitionLedger } from './ledger.ts';

/** Names, by partition, how many ids of the lake's events were lost: a repeat of one of them counts again. */
export async function addLostIds(
  ledgers: readonly PartitionLedger[],
  pin: Pin & { readonly stream: Stream },
  historicalThroughMs: number | undefined,
  clickhouse: ClickHouse,
): Promise<readonly PartitionLedger[]> {
  const { identity, name } = pin.stream;
  if (identity === undefined) return ledgers;
  const registered = await readRegisteredTidemark(clickhouse, name);
  const lake = { identity, pin, historicalThroughMs };
  const completed: PartitionLedger[] = [];
  for (const ledger of ledgers) {
    const { partition, from, tidemark, mismatches } = ledger;
    const own = new Map([[partition, registered.get(partition) ?? 0]]);
    const lost = await restoreRegistered(lake, own, true, clickhouse);
    const finding = { from, to: tidemark, reason: `${lost} ids of these events are not known any more` };
    completed.push(lost === 0 ? ledger : { ...ledger, mismatches: [...mismatches, finding] });
  }
  return completed;
}
