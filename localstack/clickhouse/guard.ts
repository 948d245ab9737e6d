import { accessDenied, ClickHouseError } from './clickhouse-error.ts';
import type { Engine } from './engine.ts';
import { isAllowedFormat, isAllowedSetting } from './guard/allow-lists.ts';
import { createCatalog } from './guard/catalog.ts';
import { checkIdentifier, checkTokens } from './guard/check-tokens.ts';
import { checkTree } from './guard/check-tree.ts';
import { readSyntaxTree, type SyntaxNode } from './guard/syntax-tree.ts';
import { LruCache } from './lru-cache.ts';
import type { QueryRequest } from './request.ts';
import { readTokens, type SqlToken } from './sql-tokens.ts';
import { type SplitStatement, writePreparation } from './statement.ts';
import type { UserProfile } from './users.ts';

export interface Guard {
  /**
   * Throws ACCESS_DENIED, READONLY, UNKNOWN_TABLE … unless every part of the statement is on an allow-list. What runs
   * afterwards must be exactly the canonical statement that was checked.
   */
  checkStatement(statement: SplitStatement, profile: UserProfile, request: QueryRequest): Promise<void>;
  /** Throws READONLY or SETTING_CONSTRAINT_VIOLATION unless the user may make these settings. */
  checkSettings(settings: Map<string, string>, profile: UserProfile): void;
}

/**
 * Users with limited rights get what the allow-lists in `guard/` name, and nothing else. The engine's own
 * `readonly = 1` stands behind it but would not do: a nested `SETTINGS readonly = 0` undoes it, it lets INTO OUTFILE
 * write, and it knows no users.
 */
export function createGuard(engine: Engine): Guard {
  const catalog = createCatalog(engine);

  const knownTrees = new LruCache<SyntaxNode[]>(MAX_KNOWN_TREES);

  async function readTree(sql: string, tokens: SqlToken[], { parameters }: QueryRequest): Promise<SyntaxNode[]> {
    const known = knownTrees.get(sql);
    if (known) return known;
    // With the parameters' values, so that {name:Identifier} shows what it will be: such a tree is of this request.
    // A value of any other type is a literal, whatever it says.
    const isOfEveryRequest = !tokens.some(({ value }) => /^identifier$/i.test(value));
    const preparation = writePreparation({ database: 'default', settings: [], readonly: 1 });
    const statement = { sql: `EXPLAIN AST ${sql}`, preparation, parameters, format: 'TSVRaw', isStateless: true };
    const result = await engine.run(statement);
    const tree = readSyntaxTree(result.text());
    if (isOfEveryRequest) knownTrees.set(sql, tree);
    return tree;
  }

  /** Looks into the catalog as it is known first: most statements name tables that existed a moment ago. */
  async function checkNames(check: () => void): Promise<void> {
    try {
      check();
    } catch {
      await catalog.refresh();
      check();
    }
  }

  return {
    checkSettings,
    async checkStatement({ body, format, settings }, profile, request) {
      if (profile.rights === 'any') return;
      checkSettings(request.settings, profile);
      checkSettings(settings, profile);
      if (profile.rights === 'read') checkFormat(format ?? request.defaultFormat);
      const tokens = [...readTokens(body)];
      checkTokens(tokens);
      checkIdentifierParameters(tokens, request.parameters);
      const nodes = await readTree(body, tokens, request);
      const expressions = findCommonTableExpressions(tokens);
      await checkNames(() => {
        checkDatabase(request.database, catalog.hasDatabase(request.database));
        checkTree(nodes, {
          mayInsert: profile.rights === 'insert',
          isDatabase: (name) => catalog.hasDatabase(name),
          isReadable: (name) =>
            expressions.has(name) || catalog.hasTable(name) || catalog.hasTable(`${request.database}.${name}`),
        });
      });
    },
  };
}

const MAX_KNOWN_TREES = 500;

function checkSettings(settings: Map<string, string>, profile: UserProfile): void {
  if (profile.rights === 'any') return;
  for (const [name, literal] of settings) {
    const limit = profile.limits[name];
    if (limit !== undefined) checkLimit(name, literal, limit);
    else if (!isAllowedSetting(name)) {
      throw new ClickHouseError(164, 'READONLY', `Cannot modify '${name}' setting in readonly mode`);
    }
  }
}

function checkLimit(name: string, literal: string, limit: number): void {
  const value = Number(literal.replace(/^'(.*)'$/, '$1'));
  if (value > 0 && value <= limit) return;
  const text = `Setting ${name} shouldn't be greater than ${limit}`;
  throw new ClickHouseError(452, 'SETTING_CONSTRAINT_VIOLATION', text);
}

function checkFormat(format: string): void {
  if (!isAllowedFormat(format)) throw accessDenied(`format ${format} is not allowed`);
}

function checkDatabase(name: string, exists: boolean): void {
  if (name === 'system') throw accessDenied('system cannot be the current database: write system.tables and the like');
  if (!exists) throw new ClickHouseError(81, 'UNKNOWN_DATABASE', `Database ${name} does not exist`);
}

/** A value that becomes an identifier is looked at as one. */
function checkIdentifierParameters(tokens: SqlToken[], parameters: Map<string, string>): void {
  tokens.forEach((token, index) => {
    if (token.value !== 'Identifier' || tokens[index - 1]?.text !== ':') return;
    checkIdentifier(parameters.get(`param_${tokens[index - 2]?.value}`) ?? '');
  });
}

/**
 * Names that WITH declares, `name AS (`. Plain ones only: out of its scope such a name is looked for as a file in the
 * working directory, which is empty.
 */
function findCommonTableExpressions(tokens: SqlToken[]): Set<string> {
  const names = tokens
    .filter((_, index) => tokens[index + 1]?.text === 'AS' && tokens[index + 2]?.text === '(')
    .map((token) => token.value);
  return new Set(names.filter((name) => /^\w+$/.test(name)));
}
