import type { Domain } from '@tidemark/domains/domain';
import { nameObject } from './schema-problems.ts';
import type { Surroundings } from './surroundings.ts';

/** Which objects and queries of a domain `docs/tables.md` does not name. */
export function findDocumentProblems({ streams, schema, queries }: Domain, { tablesDocument }: Surroundings): string[] {
  const objects = streams.flatMap(({ stream, views, gold }) => [
    `${stream.database}.${stream.hotTable}`,
    ...views.map(({ name }) => `${stream.database}.${name}`),
    ...gold.map(({ database, name }) => `${database}.${name}`),
  ]);
  const isNamed = (name: string) => tablesDocument.includes(`\`${name}\``);
  return [
    ...[...objects, ...schema.views.map(nameObject)]
      .filter((object) => !isNamed(object) && !isNamed(object.split('.')[1] ?? object))
      .map((object) => `${object}: docs/tables.md does not name it.`),
    ...queries
      .filter(({ name }) => !isNamed(name))
      .map(({ name }) => `${name}: docs/tables.md does not name the query.`),
  ];
}
