import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import { logDeadLetterActions } from '@tidemark/platform/dead-letter-log';
import type { DiscardReport } from './answers.ts';
import { describeRest, readStart } from './cursor.ts';
import type { DiscardRequest } from './requests.ts';
import { type OpenPosition, selectOpen } from './select-open.ts';

export interface DiscardDependencies {
  /** Reads, as the user `query`. */
  readonly reader: ClickHouse;
  /** Inserts, as the user `ingest`. */
  readonly writer: ClickHouse;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Writes down that the open dead letters that the filter lets pass will not be replayed. Their records stay. */
export async function discardDeadLetters(
  { dryRun, maxRecords, cursor, comment, ...filter }: DiscardRequest,
  deadlineMs: number,
  { reader, writer, clock, newId }: DiscardDependencies,
): Promise<DiscardReport> {
  const { stream } = filter;
  const after = readStart({ stream, cursor });
  const runId = newId();
  let discarded = 0;
  let isInTime = true;
  let last: OpenPosition | undefined = after;
  for await (const positions of selectOpen(filter, { maxRecords, after }, reader)) {
    isInTime = clock() < deadlineMs;
    if (!isInTime) break;
    const action = { stream, action: 'discarded' as const, comment, attempt: '', sequence: 0, runId };
    if (!dryRun)
      await logDeadLetterActions(
        writer,
        positions.map((position) => ({ ...action, position })),
      );
    discarded += positions.length;
    last = positions.at(-1);
  }
  const rest = describeRest(stream, isInTime && discarded < maxRecords, last);
  return { stream, dry_run: dryRun, discarded, ...rest };
}
