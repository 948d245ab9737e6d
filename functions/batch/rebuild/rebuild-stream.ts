import { randomUUID } from 'node:crypto';
import type { Domain, StreamDeclaration } from '@tidemark/domains/domain';
import type { Stream } from '@tidemark/domains/stream';
import { type RunReport, recordRun } from '@tidemark/platform/batch-runs';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import deadLettersTable from '../../../sql/platform/dead_letters.sql';
import conflictsTable from '../../../sql/platform/event_conflicts.sql';
import identitiesTable from '../../../sql/platform/event_identities.sql';
import registrationsTable from '../../../sql/platform/identity_registrations.sql';
import { defineEventsTable } from '../compact/lake-definitions.ts';
import { publishNewest } from '../compact/publish-newest.ts';
import { reconcileAndKeep } from '../reconcile/reconcile-and-keep.ts';
import type { ReconcileDependencies } from '../reconcile/reconcile-stream.ts';
import type { StreamReport } from '../reconcile/report-ledger.ts';
import { recomputeGold } from '../refresh-gold/recompute-gold.ts';
import { refreshStream } from '../refresh-gold/refresh-stream.ts';
import { type RebuiltHot, rebuildHot } from './rebuild-hot.ts';

export const REBUILT = ['hot', 'gold', 'views'] as const;

export interface RebuildInput {
  readonly what: (typeof REBUILT)[number] | 'all';
  readonly isDryRun: boolean;
  readonly hotRetentionMs: number;
}

/** What a rebuild did to a stream, or would do. */
export interface RebuildReport {
  readonly stream: string;
  readonly is_dry_run: boolean;
  readonly hot?: ReturnType<typeof describeHot>;
  /** Gold tables that were computed again. */
  readonly gold?: readonly string[];
  /** Views that were published again. */
  readonly views?: readonly string[];
  /** What accounting for every offset said afterwards; null in a dry run. */
  readonly reconcile: StreamReport | null;
}

/**
 * Rebuilds what derives from Kafka and the lake: the hot table with its dead letters, gold, the views, or all of them.
 * Tables that are missing are made. Queries that run meanwhile are answered exactly, as far as what they read exists.
 */
export async function rebuildStream(
  domain: Domain,
  declaration: StreamDeclaration,
  input: RebuildInput,
  deps: ReconcileDependencies,
): Promise<RebuildReport> {
  const { stream, gold, views } = declaration;
  const { clickhouse, store, clock } = deps;
  const { isDryRun, hotRetentionMs } = input;
  const isWanted = (what: (typeof REBUILT)[number]) => input.what === what || input.what === 'all';
  const run = (step: string, work: () => Promise<RunReport>) => recordRun(step, stream.name, work, deps);
  const hotDdl = findHotDdl(domain, stream);

  let hot: RebuiltHot | undefined;
  if (isWanted('hot')) {
    const restore = async () => {
      for (const ddl of isDryRun ? [] : RESTORED_TABLES) await clickhouse.command(ddl);
      hot = await rebuildHot(stream, { hotRetentionMs, isDryRun, ddl: hotDdl }, deps);
      return toRunReport(hot);
    };
    if (isDryRun) await restore();
    else await run('rebuild-hot', restore);
  }
  if (!isDryRun) {
    // A hot table that was dropped is not made empty: its readers would miss what the lake does not hold.
    const hotTables = new Set(domain.streams.map((each) => findHotDdl(domain, each.stream)));
    for (const ddl of domain.schema.tables) if (!hotTables.has(ddl)) await clickhouse.command(ddl);
    if (isWanted('gold')) await run('rebuild-gold', () => recomputeGold(declaration, EVERY_DAY, deps));
    if (isWanted('views')) {
      await run('rebuild-views', async () => {
        const events = await LakeTable.open(store, defineEventsTable(stream), { now: clock, newId: randomUUID });
        const snapshot = await publishNewest(declaration, events, deps);
        await refreshStream(declaration, deps);
        for (const view of domain.schema.views) await clickhouse.command(view);
        return { status: 'done', ranges: new Map(), snapshot, rows: 0, rejected: 0 };
      });
    }
  }
  return {
    stream: stream.name,
    is_dry_run: isDryRun,
    ...(hot !== undefined && { hot: describeHot(hot) }),
    ...(isWanted('gold') && { gold: gold.map(({ name }) => name) }),
    ...(isWanted('views') && { views: [...views, ...gold].map(({ name }) => name) }),
    reconcile: isDryRun ? null : await reconcileAndKeep(declaration, { isFull: false, hotRetentionMs }, deps),
  };
}

/** The statement that makes a stream's hot table. */
function findHotDdl({ name, schema }: Domain, { database, hotTable }: Stream): string {
  const found = schema.tables.find((ddl) => ddl.includes(`${database}.${hotTable}\n`));
  if (found === undefined) throw new Error(`no statement of ${name} makes ${database}.${hotTable}`);
  return found;
}

/** Of the platform: what derives from the lake too. */
const RESTORED_TABLES = [deadLettersTable, identitiesTable, registrationsTable, conflictsTable];

const EVERY_DAY = { fromDate: undefined, toDate: undefined };

function describeHot({ wasMissing, fromLake, identities, fromKafka }: RebuiltHot) {
  return {
    was_missing: wasMissing,
    events_from_lake: fromLake.events,
    dead_letters_from_lake: fromLake.deadLetters,
    identities_from_lake: identities,
    events_from_kafka: fromKafka.events,
    dead_letters_from_kafka: fromKafka.deadLetters,
  };
}

function toRunReport({ fromLake, fromKafka, ranges }: RebuiltHot): RunReport {
  const rows = fromLake.events + fromKafka.events;
  const rejected = fromLake.deadLetters + fromKafka.deadLetters;
  return { status: 'done', ranges, snapshot: 0, rows, rejected };
}
