import type { Engine } from './engine.ts';
import { LruCache } from './lru-cache.ts';
import { quoteIdentifier, quoteString, readTokens, type SqlToken } from './sql-tokens.ts';

/** A statement without the clauses at its end that say how to run and show it. */
export interface SplitStatement {
  body: string;
  format: string | undefined;
  /** SQL literals by name. */
  settings: Map<string, string>;
}

/** What a session is told before a statement. */
export interface Preparation {
  database: string;
  /** SQL literals by name; later maps win. */
  settings: Map<string, string>[];
  /** 0 may write, 1 may change nothing, 2 may change settings. */
  readonly: 0 | 1 | 2;
}

/** Longest statement, in bytes of UTF-8, without the data behind an INSERT. */
export const MAX_STATEMENT_BYTES = 1024 * 1024;

/**
 * Makes a parser that says, without running it, how the engine spells a statement: on one line, without comments or
 * inline data. It throws SYNTAX_ERROR, also for more than one statement. What it has parsed it remembers.
 */
export function createCanonicalizer(engine: Engine): (sql: string) => Promise<string> {
  const known = new LruCache<string>(MAX_KNOWN_STATEMENTS);
  const preparation = `SET implicit_select = 0, max_query_size = ${4 * MAX_STATEMENT_BYTES}`;

  return async (sql) => {
    const remembered = known.get(sql);
    if (remembered !== undefined) return remembered;
    const question = `SELECT formatQuerySingleLine(${quoteString(sql)})`;
    const result = await engine.run({ sql: question, preparation, format: 'RawBLOB', isStateless: true });
    const canonical = result.text();
    if (sql.length <= MAX_KNOWN_LENGTH) known.set(sql, canonical);
    return canonical;
  };
}

/** Splits `FORMAT name` and `SETTINGS a = 1, …`, in either order, off the end of a canonical statement. */
export function splitStatement(canonical: string): SplitStatement {
  const tokens = [...readTokens(canonical)];
  let format: string | undefined;
  let settings: Map<string, string> | undefined;
  for (;;) {
    const formatName = format === undefined && readFormat(tokens);
    if (formatName) {
      format = formatName;
      tokens.splice(-2);
      continue;
    }
    const keyword = settings === undefined ? tokens.findLastIndex((token) => isWord(token, 'SETTINGS')) : -1;
    const assignments = keyword > 0 ? readAssignments(tokens.slice(keyword + 1)) : undefined;
    if (!assignments) break;
    settings = assignments;
    tokens.splice(keyword);
  }
  return { body: canonical.slice(0, tokens.at(-1)?.end ?? 0), format, settings: settings ?? new Map() };
}

/** Reads `a = 1, b = 'x'`; undefined when the tokens are anything else. */
export function readAssignments(tokens: SqlToken[]): Map<string, string> | undefined {
  const settings = new Map<string, string>();
  for (let index = 0; index < tokens.length; ) {
    const [name, equals, first, second] = tokens.slice(index, index + 4);
    if (name?.kind !== 'word' || equals?.text !== '=' || !first) return undefined;
    const isNegative = first.text === '-' && second?.kind === 'number';
    if (!isNegative && !LITERAL_KINDS.has(first.kind)) return undefined;
    settings.set(name.value, isNegative ? `-${second.text}` : first.text);
    index += isNegative ? 4 : 3;
    const separator = tokens[index];
    if (separator && separator.text !== ',') return undefined;
    index += 1;
  }
  return settings.size > 0 ? settings : undefined;
}

/** Writes the statements that put a fresh session into the wanted state. */
export function writePreparation({ database, settings, readonly }: Preparation): string {
  const statements: string[] = [];
  if (database !== 'default') statements.push(`USE ${quoteIdentifier(database)}`);
  const merged = new Map(settings.flatMap((entries) => [...entries]));
  const assignments = [...merged].map(([name, literal]) => `${name} = ${literal}`);
  if (assignments.length > 0) statements.push(`SET ${assignments.join(', ')}`);
  if (readonly > 0) statements.push(`SET readonly = ${readonly}`);
  return statements.join('; ');
}

const MAX_KNOWN_STATEMENTS = 500;
const MAX_KNOWN_LENGTH = 10_000;

const LITERAL_KINDS = new Set(['string', 'number', 'word']);

/** The engine quotes a name that is a keyword too, as `Null` is. */
function readFormat(tokens: SqlToken[]): string | undefined {
  const name = tokens.at(-1);
  const isName = name?.kind === 'word' || name?.kind === 'quotedIdentifier';
  return tokens.length > 2 && isWord(tokens.at(-2), 'FORMAT') && isName ? name.value : undefined;
}

function isWord(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text === text;
}
