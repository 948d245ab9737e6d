import { styleText } from 'node:util';
import type { Report } from './part.ts';

const NAME_WIDTH = 12;
/** A part that has more to say than this in a while goes on in its log alone. */
const MAX_LINES = 6;
const WHILE_MS = 10_000;

export interface Terminal {
  readonly report: Report;
  print(line: string): void;
}

/** Calm lines, `part  what happened`; coloured where a person looks on and NO_COLOR is not set. */
export function createTerminal(stream: NodeJS.WriteStream, logDir: string): Terminal {
  const isColoured = stream.isTTY === true && !process.env.NO_COLOR;
  const recent = new Map<string, { since: number; lines: number }>();
  const print = (line: string): void => void stream.write(`${line}\n`);
  const show = (part: string, line: string): void => {
    const name = part.padEnd(NAME_WIDTH);
    print(`${isColoured ? styleText('cyan', name) : name} ${line}`);
  };
  stream.on('error', () => {}); // the reader of a pipe has gone; the stack is not less useful for it
  return {
    print,
    report(part, line) {
      let said = recent.get(part);
      if (said === undefined || Date.now() - said.since > WHILE_MS) said = { since: Date.now(), lines: 0 };
      recent.set(part, said);
      said.lines += 1;
      if (said.lines <= MAX_LINES) show(part, line);
      else if (said.lines === MAX_LINES + 1) show(part, `… more in ${logDir}/${part}.log`);
    },
  };
}

/** Columns as wide as their widest cell. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(cell.length, widest[column] ?? 0)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
