/** One lexical token; `text` is the source as written, `value` an identifier or string without its quotes. */
export interface SqlToken {
  kind: 'word' | 'quotedIdentifier' | 'string' | 'number' | 'punctuation';
  text: string;
  value: string;
  start: number;
  end: number;
}

/**
 * Splits ClickHouse SQL into tokens, leaving out white space and comments. It stops at the first thing it cannot
 * read (an open quote, a NUL byte), so that the data behind an INSERT is never an error.
 */
export function* readTokens(sql: string): Generator<SqlToken> {
  let position = 0;
  while (position < sql.length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(sql);
    if (!match) return;
    const start = position;
    position = TOKEN.lastIndex;
    const token = toToken(match, start, position);
    if (token) yield token;
  }
}

/** Quotes text as a SQL string literal. */
export function quoteString(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;
}

/** Quotes a name as a SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replace(/[\\`]/g, '\\$&').replaceAll('\0', '\\0')}\``;
}

const TOKEN = new RegExp(
  [
    String.raw`(?<space>\s+|--[^\n]*|#[! ][^\n]*|/\*[\s\S]*?\*/)`,
    String.raw`(?<heredoc>\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$)`,
    String.raw`(?<string>'(?:[^'\\]|\\[\s\S]|'')*')`,
    String.raw`(?<quoted>\x60(?:[^\x60\\]|\\[\s\S]|\x60\x60)*\x60|"(?:[^"\\]|\\[\s\S]|"")*")`,
    String.raw`(?<number>\d[\w.]*(?:(?<=[eE])[+-]\d+)?)`,
    String.raw`(?<word>[A-Za-z_][\w$]*)`,
    String.raw`(?<punctuation>->|::|[^\0])`,
  ].join('|'),
  'y',
);

function toToken(match: RegExpExecArray, start: number, end: number): SqlToken | undefined {
  const [text] = match;
  const groups = match.groups ?? {};
  if (groups.space !== undefined) return undefined;
  if (groups.word !== undefined) return { kind: 'word', text, value: text, start, end };
  if (groups.quoted !== undefined) return { kind: 'quotedIdentifier', text, value: unquote(text), start, end };
  if (groups.string !== undefined) return { kind: 'string', text, value: unquote(text), start, end };
  if (groups.heredoc !== undefined) return { kind: 'string', text, value: text, start, end };
  if (groups.number !== undefined) return { kind: 'number', text, value: text, start, end };
  return { kind: 'punctuation', text, value: text, start, end };
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', 0: '\0', b: '\b', f: '\f', a: '\x07', v: '\v' };

function unquote(text: string): string {
  const quote = text.charAt(0);
  return text
    .slice(1, -1)
    .replaceAll(quote + quote, quote)
    .replace(/\\([\s\S])/g, (_, character: string) => ESCAPES[character] ?? character);
}
