import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { parseTidemark, type Tidemark } from '@tidemark/platform/tidemark';

export interface HotTrim {
  /** A snapshot below which no view reads. */
  readonly standing: number;
  /** Rows are kept for so long after they were inserted. */
  readonly retentionMs: number;
  readonly nowMs: number;
  readonly isDryRun: boolean;
}

export interface TrimReport {
  readonly blocks: number;
  readonly rows: number;
  readonly bytes: number;
}

interface Block {
  readonly partition_id: string;
  readonly kafka_partition: number;
  readonly block: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Drops the blocks of the hot table that lie wholly below the tidemark of a snapshot that every reader can see, and that
 * nothing was written to within the retention: a part is never older than the rows in it. What is delivered again into
 * such a block later is below every tidemark and never read.
 */
export async function trimHotTable(stream: Stream, trim: HotTrim, clickhouse: ClickHouse): Promise<TrimReport> {
  const { database, hotTable, hotBlockOffsets } = stream;
  const tidemark = await readTidemark(clickhouse, stream.name, trim.standing);
  const { rows } = await clickhouse.query<Block>(
    `SELECT partition_id, toInt64(extract(partition, '^\\\\((\\\\d+),')) AS kafka_partition,
       toInt64(extract(partition, ',(\\\\d+)\\\\)$')) AS block, sum(parts.rows) AS rows, sum(bytes_on_disk) AS bytes
     FROM system.parts AS parts
     WHERE active AND database = {database:String} AND table = {table:String}
     GROUP BY partition_id, partition
     HAVING max(modification_time) < fromUnixTimestamp64Milli({before:Int64})`,
    { database, table: hotTable, before: trim.nowMs - trim.retentionMs },
  );
  const old = rows.filter(({ kafka_partition: partition, block }) => {
    return (block + 1) * hotBlockOffsets <= (tidemark.get(partition) ?? 0);
  });
  for (const { partition_id: id } of trim.isDryRun ? [] : old) {
    await clickhouse.command(`ALTER TABLE ${database}.${hotTable} DROP PARTITION ID '${id}'`);
  }
  return {
    blocks: old.length,
    rows: old.reduce((sum, block) => sum + block.rows, 0),
    bytes: old.reduce((sum, block) => sum + block.bytes, 0),
  };
}

async function readTidemark(clickhouse: ClickHouse, stream: string, snapshot: number): Promise<Tidemark> {
  const { rows } = await clickhouse.query<{ tidemark: Record<string, number> }>(
    `SELECT tidemark FROM tidemark.publications FINAL
     WHERE stream = {stream:String} AND snapshot = {snapshot:UInt64}`,
    { stream, snapshot },
  );
  return parseTidemark(JSON.stringify(rows[0]?.tidemark ?? {}));
}
