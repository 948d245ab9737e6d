import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { DomainGenerator } from '../../../localstack/generators/domain-generator.ts';
import { domainGenerators } from '../../../localstack/generators/domain-generators.ts';
import { listSqlFiles, type SqlFile } from '../../../localstack/start/apply-sql.ts';

/** A function of `serverless.yml`, as far as a stream has to do with it. */
export interface DeclaredFunction {
  readonly handler: string;
  readonly environment?: { readonly STREAM?: string };
  readonly events?: readonly { readonly msk?: Mapping }[];
}

export interface Mapping {
  readonly topic?: string;
  readonly consumerGroupId?: string;
  readonly startingPosition?: string;
  readonly filterPatterns?: unknown;
}

/** What stands around a domain's declaration and must agree with it. */
export interface Surroundings {
  /** Databases, platform and the domain's own statements, in the order in which a stack lists them. */
  readonly sqlFiles: readonly SqlFile[];
  readonly functions: Readonly<Record<string, DeclaredFunction>>;
  readonly generators: readonly DomainGenerator[];
  /** The text of `docs/tables.md`. */
  readonly tablesDocument: string;
}

/** Reads what this checkout has around a domain. */
export async function readSurroundings(domain: string): Promise<Surroundings> {
  const [sqlFiles, template, tablesDocument] = await Promise.all([
    listSqlFiles('sql', [domain]),
    readFile('serverless.yml', 'utf8'),
    readFile('docs/tables.md', 'utf8'),
  ]);
  return { sqlFiles, functions: readFunctions(template), generators: domainGenerators, tablesDocument };
}

/** @param template the text of `serverless.yml`, or of a part of it that has `functions` */
export function readFunctions(template: string): Surroundings['functions'] {
  return (parse(template, { logLevel: 'error' }) as { functions: Surroundings['functions'] }).functions;
}
