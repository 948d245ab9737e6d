import { describe, expect, it } from '@jest/globals';
import { applyTransform, type Transform, transformSchema } from '../../../functions/serving/dead-letters/transform.ts';

const apply = (text: string, ...transform: Transform) => String(applyTransform(Buffer.from(text), transform));

describe('a transform of a dead letter', () => {
  it.each<[string, Transform[number], string]>([
    ['{"a":"1.50"}', { op: 'convert', field: 'a', to: 'number' }, '{"a":1.5}'],
    ['{"a":"much"}', { op: 'convert', field: 'a', to: 'number' }, '{"a":"much"}'],
    ['{"a":"12345678901234567"}', { op: 'convert', field: 'a', to: 'number' }, '{"a":"12345678901234567"}'],
    ['{"a":7}', { op: 'convert', field: 'a', to: 'string' }, '{"a":"7"}'],
    ['{"a":" sale "}', { op: 'convert', field: 'a', to: 'trimmed' }, '{"a":"sale"}'],
    ['{"a":"sale"}', { op: 'convert', field: 'a', to: 'upper' }, '{"a":"SALE"}'],
    ['{"a":1}', { op: 'set', field: 'b', value: null }, '{"a":1,"b":null}'],
    ['{"a":1}', { op: 'default', field: 'a', value: 2 }, '{"a":1}'],
    ['{}', { op: 'default', field: 'a', value: 2 }, '{"a":2}'],
    ['{"a":1}', { op: 'rename', field: 'a', to: 'b' }, '{"b":1}'],
    ['{"a":1}', { op: 'rename', field: 'x', to: 'a' }, '{"a":1}'],
    ['{"a":1}', { op: 'rename', field: 'a', to: 'a' }, '{"a":1}'],
    ['{"a":1,"b":2}', { op: 'remove', field: 'a' }, '{"b":2}'],
  ])('makes %s by %j to %s', (before, operation, after) => {
    expect(apply(before, operation)).toBe(after);
  });

  it.each(['poison', '[1]', '"text"', 'null', '{"a":0.1000000000000000055}'])('leaves %s as it is', (text) => {
    expect(apply(text, { op: 'set', field: 'b', value: 1 })).toBe(text);
  });

  it('leaves bytes that are no UTF-8 as they are, instead of writing U+FFFD for them', () => {
    const value = Buffer.from('{"product_id":"Caf\xe9","quantity":0}', 'latin1');
    expect(applyTransform(value, [{ op: 'set', field: 'quantity', value: 1 }])).toEqual(value);
  });

  it('takes a field named __proto__ for a field', () => {
    expect(apply('{"__proto__":"1","a":2}', { op: 'rename', field: '__proto__', to: 'b' })).toBe('{"a":2,"b":"1"}');
    expect(apply('{"a":2}', { op: 'rename', field: 'a', to: '__proto__' })).toBe('{"__proto__":2}');
  });

  it('knows no other operation', () => {
    expect(transformSchema.safeParse([{ op: 'eval', field: 'a', code: '1' }]).success).toBe(false);
    expect(transformSchema.safeParse([{ op: 'set', field: 'a', value: {} }]).success).toBe(false);
  });
});
