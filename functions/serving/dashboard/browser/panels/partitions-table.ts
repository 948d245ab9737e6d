import type { PartitionStatus, StreamStatus } from '../../model/contract.ts';
import { formatCount } from '../../model/format.ts';
import { drawTable, type TableColumn } from './data-table.ts';
import { drawEmpty } from './panel.ts';

interface PartitionRow extends PartitionStatus {
  topic: string;
}

const COLUMNS: readonly TableColumn<PartitionRow>[] = [
  { label: 'Topic', draw: ({ topic }) => topic },
  { label: 'Partition', class: 'number', draw: ({ partition }) => formatCount(partition) },
  { label: 'Log start', class: 'number', draw: (row) => formatCount(row.log_start) },
  { label: 'Tidemark', class: 'number', draw: (row) => formatCount(row.tidemark) },
  { label: 'Committed', class: 'number', draw: (row) => formatCount(row.committed_offset) },
  { label: 'End', class: 'number', draw: (row) => formatCount(row.end_offset) },
  { label: 'Lag', class: 'number', draw: (row) => formatCount(row.lag_records) },
];

/** Offsets of every partition of the streams. */
export function drawPartitions(streams: readonly StreamStatus[]): HTMLElement {
  const rows = streams.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, ...partition })));
  return rows.length === 0
    ? drawEmpty('Kafka does not answer', 'The offsets come from Kafka; what is stored stays as it was.')
    : drawTable({ title: 'Partitions', columns: COLUMNS }, rows);
}
