import { accessDenied } from '../clickhouse-error.ts';
import type { SqlToken } from '../sql-tokens.ts';
import { isAllowedFunction, isAllowedTableFunction } from './allow-lists.ts';

/**
 * Holds the text of a canonical statement against the allow-lists. The syntax tree says more precisely what a name
 * is, but leaves some out: the function behind APPLY, the condition of SHOW, the names in SETTINGS.
 */
export function checkTokens(tokens: SqlToken[]): void {
  const insertTarget = findInsertTarget(tokens);
  tokens.forEach((token, index) => {
    const previous = tokens[index - 1];
    const next = tokens[index + 1];
    if (token.kind === 'quotedIdentifier') checkIdentifier(token.value);
    if (!isName(token) || index === insertTarget) return;
    if (isKeyword(token, 'OUTFILE') && isKeyword(previous, 'INTO')) throw accessDenied('INTO OUTFILE is not allowed');
    if (isKeyword(token, 'INFILE') && isKeyword(previous, 'FROM')) throw accessDenied('FROM INFILE is not allowed');
    // A name behind APPLY is called without parentheses; one before an arrow is a parameter of a lambda.
    const isApplied = isKeyword(previous, 'APPLY') && next?.text !== '->';
    const isCalled = next?.text === '(' && !(token.kind === 'word' && KEYWORDS_BEFORE_PARENTHESIS.has(token.text));
    // input() is the request's own data; the syntax tree says whether it stands where it may.
    const isOwnData = insertTarget !== undefined && token.text === 'input';
    if ((isApplied || isCalled) && !isOwnData && !isInPlaceholder(tokens, index)) checkFunction(token.value);
  });
}

/** Refuses names that `EXPLAIN AST` would show like other syntax, since it does not quote them. */
export function checkIdentifier(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (!/[\u0000-\u001f\u007f]|\((alias|children) /.test(name)) return;
  throw accessDenied(`the identifier ${JSON.stringify(name)} is not allowed`);
}

/** Words that the canonical text writes in capitals and that may stand before a parenthesis. */
const KEYWORDS_BEFORE_PARENTHESIS = new Set([
  ...[
    'SELECT',
    'DISTINCT',
    'FROM',
    'JOIN',
    'ON',
    'USING',
    'WHERE',
    'PREWHERE',
    'HAVING',
    'QUALIFY',
    'BY',
    'LIMIT',
    'OFFSET',
  ],
  ...[
    'AND',
    'OR',
    'NOT',
    'IN',
    'LIKE',
    'ILIKE',
    'BETWEEN',
    'IS',
    'AS',
    'OVER',
    'WITH',
    'ARRAY',
    'ALL',
    'UNION',
    'EXCEPT',
  ],
  ...[
    'INTERSECT',
    'REPLACE',
    'APPLY',
    'COLUMNS',
    'SETS',
    'CUBE',
    'ROLLUP',
    'INTERPOLATE',
    'VALUES',
    'TABLE',
    'EXPLAIN',
  ],
  ...[
    'AST',
    'SYNTAX',
    'PLAN',
    'PIPELINE',
    'ESTIMATE',
    'TREE',
    'INTO',
    'DIV',
    'MOD',
    'TO',
    'SAMPLE',
    'STEP',
    'ROWS',
    'RECURSIVE',
  ],
]);

/** `INSERT INTO db.name (a, b)`: the parenthesis opens the list of columns. */
function findInsertTarget(tokens: SqlToken[]): number | undefined {
  if (!isKeyword(tokens[0], 'INSERT') || isKeyword(tokens[2], 'FUNCTION')) return undefined;
  return tokens[3]?.text === '.' ? 4 : 2;
}

function isName(token: SqlToken): boolean {
  return token.kind === 'word' || token.kind === 'quotedIdentifier';
}

function isKeyword(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text === text;
}

function checkFunction(name: string): void {
  if (isAllowedFunction(name) || isAllowedTableFunction(name)) return;
  throw accessDenied(`function ${name} is not allowed`);
}

/** `{price:Decimal(18, 4)}`: a type, which nothing executes. */
function isInPlaceholder(tokens: SqlToken[], index: number): boolean {
  const open = tokens.findLastIndex(
    (token, position) => position < index && (token.text === '{' || token.text === '}'),
  );
  return tokens[open]?.text === '{' && tokens[open + 1]?.kind === 'word' && tokens[open + 2]?.text === ':';
}
