import type { Domain } from '@tidemark/domains/domain';
import { type DescribedDomain, describeDomains } from './describe-domains.ts';
import { findDocumentProblems } from './document-problems.ts';
import { findGeneratorProblems } from './generator-problems.ts';
import { findGoldProblems } from './gold-problems.ts';
import { findHotTableProblems } from './hot-table-problems.ts';
import { findIngestProblems } from './ingest-problems.ts';
import { findQueryProblems } from './query-problems.ts';
import { findSchemaProblems } from './schema-problems.ts';
import { findStreamProblems } from './stream-problems.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The checklist for a domain: what it declares must stand, alike, everywhere else.
 *
 * @returns one sentence for each thing that is missing or disagrees, which names it and says where it belongs
 */
export async function findProblems(domain: Domain, surroundings: Surroundings): Promise<string[]> {
  const [described] = await describeDomains([{ domain, surroundings }]);
  return listProblems(domain, surroundings, described as DescribedDomain);
}

/** Does the same with what ClickHouse has said already. */
export function listProblems(domain: Domain, surroundings: Surroundings, described: DescribedDomain): string[] {
  const problems = [
    ...domain.streams.flatMap((declaration) => [
      ...findStreamProblems(declaration),
      ...findIngestProblems(declaration.stream, surroundings),
      ...findHotTableProblems(declaration.stream, surroundings, described),
      ...findGoldProblems(declaration, described),
    ]),
    ...findSchemaProblems(domain, surroundings, described),
    ...findQueryProblems(domain, described),
    ...findGeneratorProblems(domain, surroundings),
    ...findDocumentProblems(domain, surroundings),
  ];
  // What is missing, or refused, makes ClickHouse refuse everything that reads it: that would be told many times over.
  return problems.length > 0 ? problems : described.refusals.slice(0, 1);
}
