import { readTokens, type SqlToken } from './sql-tokens.ts';

/**
 * Finds where the data of an INSERT begins: the byte behind `FORMAT name` and one line break, or behind `VALUES`.
 * Undefined for every other statement. The rule is that of ClickHouse's ParserInsertQuery.
 */
export function findInsertData(head: Buffer): number | undefined {
  // Latin-1 keeps one character per byte, so that token positions are byte offsets.
  const text = head.toString('latin1');
  let depth = 0;
  let isSelect = false;
  let usesInput = false;
  let previous: SqlToken | undefined;
  for (const token of readTokens(text)) {
    const word = token.kind === 'word' ? token.text.toUpperCase() : '';
    if (!previous && word !== 'INSERT') return undefined;
    if (token.text === '(') {
      depth += 1;
      usesInput ||= previous?.kind === 'word' && previous.text.toLowerCase() === 'input';
    } else if (token.text === ')') depth -= 1;
    else if (depth === 0) {
      if (token.text === ';' || word === 'INFILE') return undefined;
      if (word === 'SELECT' || word === 'WITH') isSelect = true;
      if (word === 'VALUES' && !isSelect) return token.end;
      const isFormatName = previous?.kind === 'word' && previous.text.toUpperCase() === 'FORMAT';
      if (isFormatName && token.kind === 'word' && (!isSelect || usesInput)) return skipLineBreak(text, token.end);
    }
    previous = token;
  }
  return undefined;
}

/**
 * Points a canonical `INSERT INTO t (a, b) FORMAT X` at a file: `INSERT INTO t (a, b) FROM INFILE '…' FORMAT X`; in
 * `INSERT INTO t SELECT … FROM input('structure') FORMAT X` the file takes the place of `input`. `compression` is
 * the file's, as the engine names it. Both arguments are SQL literals.
 */
export function readFromFile(canonicalInsert: string, path: string, compression: string): string {
  const tokens = [...readTokens(canonicalInsert)];
  const format = tokens.at(-1);
  const keyword = tokens.at(-2);
  if (format?.kind !== 'word' || keyword?.text !== 'FORMAT') throw new Error('an INSERT with data ends in its format');
  const input = tokens.findIndex((token, index) => token.text === 'input' && tokens[index + 1]?.text === '(');
  if (input >= 0) {
    const [start, open, structure] = tokens.slice(input, input + 3) as [SqlToken, SqlToken, SqlToken];
    const before = canonicalInsert.slice(0, start.start);
    const after = canonicalInsert.slice(structure.end, keyword.start);
    const file = `file${open.text}${path}, '${format.text}', ${structure.text}, ${compression}`;
    return before + file + after;
  }
  const settings = tokens.find((token) => token.kind === 'word' && token.text === 'SETTINGS');
  const cut = (settings ?? keyword).start;
  return `${canonicalInsert.slice(0, cut)}FROM INFILE ${path} COMPRESSION ${compression} ${canonicalInsert.slice(cut)}`;
}

function skipLineBreak(text: string, position: number): number {
  const match = /[ \t\f]*\r?\n?/y;
  match.lastIndex = position;
  match.exec(text);
  return match.lastIndex;
}
