import type { ClickHouse } from '@tidemark/platform/clickhouse';

/** What is known of a load beside Kafka; see sql/platform/backfill_loads.sql. */
export interface KnownLoad {
  readonly stream: string;
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'begun' | 'done';
  readonly records: number;
}

/** @throws ClickHouseUnavailable */
export async function readLoad(clickhouse: ClickHouse, loadId: string): Promise<KnownLoad | undefined> {
  const { rows } = await clickhouse.query<KnownLoad>(
    `SELECT stream, source, fingerprint, status, records FROM tidemark.backfill_loads FINAL
     WHERE load_id = {loadId:String}`,
    { loadId },
  );
  return rows[0];
}

/** @throws ClickHouseUnavailable */
export async function writeLoad(clickhouse: ClickHouse, loadId: string, load: KnownLoad): Promise<void> {
  const { stream, source, fingerprint, status, records } = load;
  await clickhouse.insert(
    'tidemark.backfill_loads',
    ['load_id', 'stream', 'source', 'fingerprint', 'status', 'records'],
    [[loadId, stream, source, fingerprint, status, records]],
  );
}
