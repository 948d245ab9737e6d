import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeAvro, encodeAvro } from '../../../layers/platform/lake/avro-file.ts';
import { MANIFEST_FILE_SCHEMA } from '../../../layers/platform/lake/manifest-schema.ts';

const schema = {
  type: 'record',
  name: 'thing',
  fields: [
    { name: 'text', type: 'string', 'field-id': 1 },
    { name: 'id', type: ['null', 'long'], default: null, 'field-id': 2 },
  ],
} as const;

describe('Avro files', () => {
  it('give back what was put in, NUL and Unicode included', async () => {
    // What manifests hold: snapshot ids have 52 bits, nothing is negative. avsc garbles numbers below -2^52.
    const anyThing = fc.record({
      text: fc.string({ unit: 'binary' }),
      id: fc.option(fc.integer({ min: 0, max: 2 ** 52 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyThing), async (things) => {
        const decoded = await decodeAvro<object>(await encodeAvro(schema, things, {}));
        expect(decoded.map((thing) => ({ ...thing }))).toEqual(things);
      }),
      { numRuns: 25 },
    );
  }, 20_000);

  it('carry the field ids and the metadata in their header, also when empty', async () => {
    const header = (await encodeAvro(MANIFEST_FILE_SCHEMA, [], { 'format-version': '2' })).toString('latin1');
    expect(header).toContain('"name":"manifest_path","type":"string","field-id":500');
    expect(header).toContain('"element-id":508');
    expect(header).toContain('format-version');
  });

  it('hold more than one block', async () => {
    const things = Array.from({ length: 5_000 }, (_, id) => ({ text: 'x'.repeat(100), id }));
    expect(await decodeAvro(await encodeAvro(schema, things, {}))).toHaveLength(5_000);
  });
});
