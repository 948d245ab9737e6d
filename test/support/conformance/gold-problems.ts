import type { Gold, StreamDeclaration } from '@tidemark/domains/domain';
import { findDateKey } from '../../../functions/batch/refresh-gold/recompute-gold.ts';
import { type DescribedDomain, storageOf } from './describe-domains.ts';
import { findViewProblems } from './stream-problems.ts';

/** Of which segment and which snapshots a row of storage is. */
const SEGMENT_COLUMNS = ['segment', 'first_snapshot', 'last_snapshot'];

/** What a stream's gold tables lack: storage of their columns, placeholders, a key by which days are computed again. */
export function findGoldProblems({ stream, gold }: StreamDeclaration, described: DescribedDomain): string[] {
  return gold.flatMap((table) => [
    ...findStorageProblems(table, stream.domain, described),
    ...findViewProblems(`${table.database}.${table.name}`, table.view),
    ...['{{segments}}', '{{hot_contribution}}']
      .filter((placeholder) => !table.view.includes(placeholder))
      .map((placeholder) => `${table.database}.${table.name}: the view lacks ${placeholder}.`),
    ...['{{events}}', '{{range}}']
      .filter((placeholder) => !table.contribution.includes(placeholder))
      .map((placeholder) => `${table.database}.${table.name}: the contribution lacks ${placeholder}.`),
    ...(findDateKey(table) === undefined
      ? [`${table.database}.${table.name}: no key is a date, so that days of it cannot be computed again.`]
      : []),
  ]);
}

function findStorageProblems(gold: Gold, domain: string, described: DescribedDomain): string[] {
  const storage = storageOf(gold);
  const columns = described.columnsOf(storage);
  if (columns === undefined) {
    const isWritten = described.statements.some((sql) => sql.includes(`CREATE TABLE IF NOT EXISTS ${storage}\n`));
    // What is written and refused stands among ClickHouse's refusals, with its reason.
    if (isWritten) return [];
    return [`${gold.name}: the storage table ${storage} is missing: no statement in sql/${domain}/batch makes it.`];
  }
  const expected = [...SEGMENT_COLUMNS, ...gold.keys, ...gold.measures.map(({ name }) => name)];
  const problems = [
    ...expected.filter((name) => !columns.has(name)).map((name) => `${storage}: the column ${name} is missing.`),
    ...[...columns.keys()]
      .filter((name) => !expected.includes(name))
      .map((name) => `${storage}: the column ${name} is no key and no measure in gold.ts.`),
  ];
  if (problems.length > 0 || [...columns.keys()].join() === expected.join()) return problems;
  return [`${storage}: the columns stand in another order than in gold.ts: ${expected.join(', ')}.`];
}
