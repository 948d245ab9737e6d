import { describe, expect, it } from '@jest/globals';
import { createTerminal, formatTable } from '../../../localstack/start/terminal.ts';

describe('the terminal', () => {
  it('writes plain lines where nobody looks on', () => {
    const { stream, written } = createStream();

    createTerminal(stream, 'logs').report('kafka', 'ready in 1.4 s');

    expect(written()).toBe('kafka        ready in 1.4 s\n');
  });

  it('points to the log of a part that has too much to say', () => {
    const { stream, written } = createStream();
    const terminal = createTerminal(stream, 'logs');

    for (let count = 1; count <= 20; count += 1) terminal.report('kafka', `line ${count}`);
    terminal.report('functions', 'another part');

    expect(written().split('\n').slice(5)).toEqual([
      'kafka        line 6',
      'kafka        … more in logs/kafka.log',
      'functions    another part',
      '',
    ]);
  });

  it('aligns the columns of a table', () => {
    expect(
      formatTable([
        ['a', 'bb', 'c'],
        ['aaa', 'b', 'c'],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b   c']);
  });
});

function createStream(): { stream: NodeJS.WriteStream; written: () => string } {
  const chunks: string[] = [];
  const stream = { isTTY: false, write: (chunk: string) => chunks.push(chunk), on: () => stream };
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => chunks.join('') };
}
