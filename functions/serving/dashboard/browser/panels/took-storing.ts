import { formatDuration } from '../../model/format.ts';
import { parseUtc } from '../../model/time.ts';

/** From Kafka's log to the hot table, as "240 ms". */
export function drawTookStoring(row: { received_at: string; inserted_at: string }): string {
  return formatDuration(Math.max(0, (parseUtc(row.inserted_at) ?? 0) - (parseUtc(row.received_at) ?? 0)));
}
