import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitLines } from '../../../functions/batch/backfill/split-lines.ts';
import { createValueWriter } from '../../../functions/batch/backfill/write-value.ts';
import { declaration } from '../../support/compaction.ts';

const { stream } = declaration;

async function linesOf(chunks: readonly Buffer[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(fromChunks(chunks), 100)) lines.push(line.toString('latin1'));
  return lines;
}

async function* fromChunks(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

describe('lines of bytes', () => {
  it('are the same however the bytes arrive', async () => {
    const text = fc.array(fc.constantFrom('a', '\xff', '\n', '\r\n', 'bc'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat({ max: 40 }), { maxLength: 5 }), async (parts, cuts) => {
        const bytes = Buffer.from(parts.join(''), 'latin1');
        const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));

        const expected = parts
          .join('')
          .split(/\r?\n/)
          .filter((line) => line !== '');
        expect(await linesOf(chunks)).toEqual(expected);
      }),
    );
  });
});

describe('a line that never ends', () => {
  it('is refused with its number instead of held in memory', async () => {
    const endless = [Buffer.from('first\n'), ...Array.from({ length: 11 }, () => Buffer.alloc(10, 'x'))];
    await expect(linesOf(endless)).rejects.toThrow('line 2 is longer than 100 bytes');
    await expect(linesOf([Buffer.from(`${'x'.repeat(101)}\n`)])).rejects.toThrow('line 1 is longer');
    expect(await linesOf([Buffer.from(`${'x'.repeat(100)}\n`)])).toHaveLength(1);
  });
});

describe('the value of a record', () => {
  const write = (fields: Record<string, unknown>) => String(createValueWriter(stream, {}).fromFields(fields));

  it.each([
    [{ quantity: '007' }, '{"quantity":"007"}'],
    [{ quantity: ' 7 ' }, '{"quantity":7}'],
    [{ unit_price: '1.10000000000000000001' }, '{"unit_price":1.10000000000000000001}'],
    [{ unit_price: '1,50' }, '{"unit_price":"1,50"}'],
    [{ unit_price: '' }, '{}'],
    [{ product_id: '12' }, '{"product_id":"12"}'],
    [{ product_id: null }, '{}'],
    [{ quantity: 9_007_199_254_740_993n }, '{"quantity":9007199254740993}'],
    [{ event_time: new Date(0) }, '{"event_time":"1970-01-01 00:00:00"}'],
  ])('of %j is %s', (fields, text) => {
    expect(write(fields)).toBe(text);
  });

  it('renames what stands at the top of a line of JSON, and leaves every other byte', () => {
    const { fromLine } = createValueWriter(stream, { shop: 'store_id' });
    const line = '{ "shop" : 1.10, "note":"\\"shop\\":", "deep":{"shop":2}, "list":[{"shop":3}] }';
    expect(String(fromLine(Buffer.from(line)))).toBe(line.replace('"shop" :', '"store_id" :'));
  });

  it('is a line as it is, also for renaming, where its bytes are no UTF-8: the judge is to see them', () => {
    const { fromLine } = createValueWriter(stream, { shop: 'store_id' });
    const line = Buffer.from('{"shop":1,"product_id":"Caf\xe9"}', 'latin1');
    expect(fromLine(line)).toEqual(line);
  });

  it('takes a column for a column, whatever its name', () => {
    expect(write({ constructor: 'x' })).toBe('{"constructor":"x"}');
  });
});
