import { describe, expect, it } from '@jest/globals';
import type { LakeType, LakeValue } from '../../../layers/platform/lake/definition.ts';
import { encodeSingleValue } from '../../../layers/platform/lake/single-value.ts';

describe('single values', () => {
  // The first column's examples are those of Iceberg's own conversion tests and of appendix D of its specification.
  const examples: [LakeType, NonNullable<LakeValue>, string][] = [
    ['boolean', false, '00'],
    ['boolean', true, '01'],
    ['int', 84202, 'ea480100'],
    ['int', -1, 'ffffffff'],
    ['long', 200n, 'c800000000000000'],
    ['double', 6, '0000000000001840'],
    ['date', 1000, 'e8030000'],
    ['date', -1, 'ffffffff'],
    ['timestamp', 400000n, '801a060000000000'],
    ['timestamptz', 400000n, '801a060000000000'],
    ['string', 'ABC', '414243'],
    ['string', 'a\u0000日', '6100e697a5'],
    ['uuid', 'f79c3e09-677c-4bbd-a479-3f349cb785e7', 'f79c3e09677c4bbda4793f349cb785e7'],
    ['binary', Uint8Array.of(0, 255), '00ff'],
    ['decimal(9,2)', 1420n, '058c'],
    ['decimal(9,2)', 345n, '0159'],
    ['decimal(18,4)', 1234567n, '12d687'],
    ['decimal(38,5)', -1234567n, 'ed2979'],
    ['decimal(9,2)', 0n, '00'],
    ['decimal(9,2)', -1n, 'ff'],
    ['decimal(9,2)', 127n, '7f'],
    ['decimal(9,2)', 128n, '0080'],
    ['decimal(9,2)', -128n, '80'],
    ['decimal(9,2)', -129n, 'ff7f'],
  ];
  it.each(examples)('%s %s is stored as %s', (type, value, hex) => {
    expect(encodeSingleValue(type, value).toString('hex')).toBe(hex);
  });

  it('refuses a type that the lake does not have', () => {
    expect(() => encodeSingleValue('decimal' as LakeType, 1n)).toThrow('no lake type: decimal');
  });
});
