import { sep } from 'node:path';
import type { Domain } from '@tidemark/domains/domain';
import type { DescribedDomain } from './describe-domains.ts';
import type { Surroundings } from './surroundings.ts';

/** Where `schema.ts` and the folders of `sql/` differ, and which objects lack a comment, or a right that readers need. */
export function findSchemaProblems(
  { name, schema }: Domain,
  { sqlFiles }: Surroundings,
  { statements }: DescribedDomain,
): string[] {
  const filesIn = (...folders: string[]) =>
    sqlFiles.filter(({ path }) => path.split(sep)[0] === name && folders.includes(path.split(sep)[1] ?? ''));
  return [
    ...compare('schema.tables', schema.tables, filesIn('speed', 'batch')),
    ...compare('schema.views', schema.views, filesIn('serving')),
    ...findSilentObjects(statements),
    ...findViewsOfInvokers(statements),
  ];
}

function compare(list: string, declared: readonly string[], files: Surroundings['sqlFiles']): string[] {
  const undeclared = files.filter(({ statement }) => !declared.includes(statement));
  const unwritten = declared.filter((statement) => !files.some((file) => file.statement === statement));
  const problems = [
    ...undeclared.map(({ path }) => `sql/${path}: the statement is not in ${list}, so no function can make it again.`),
    ...unwritten.map(
      (statement) => `${nameObject(statement)}: it is in ${list}, and no file of sql/ has the statement.`,
    ),
  ];
  if (problems.length > 0 || declared.every((statement, index) => statement === files[index]?.statement))
    return problems;
  return [
    `${list}: the statements stand in another order than the files: ${files.map(({ path }) => path).join(', ')}.`,
  ];
}

function findSilentObjects(statements: readonly string[]): string[] {
  return statements
    .filter((statement) => !/ENGINE = Null$/.test(statement) && !/^COMMENT '|COMMENT '[^']*'\s*$/m.test(statement))
    .map((statement) => `${nameObject(statement)}: it has no comment that says its grain.`);
}

/** Published views and those on top of them: on a real server the user `query` may read views, and nothing below. */
function findViewsOfInvokers(statements: readonly string[]): string[] {
  return statements
    .filter(
      (statement) => /^CREATE OR REPLACE VIEW\b/m.test(statement) && !/\bSQL SECURITY DEFINER AS$/m.test(statement),
    )
    .map((statement) => `${nameObject(statement)}: the view is not SQL SECURITY DEFINER.`);
}

/** Of a statement that creates something. */
export function nameObject(statement: string): string {
  const created = /^(?:CREATE|ALTER)\b(?: OR REPLACE)? (?:DATABASE|TABLE|VIEW)(?: IF NOT EXISTS)? (\S+)/m.exec(
    statement,
  );
  return created?.[1] ?? statement.slice(0, 60);
}
