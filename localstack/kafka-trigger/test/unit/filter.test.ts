import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileFilters, explainFilterError } from '../../src/core/filter.ts';

const passes = (rule: unknown, value: unknown) =>
  compileFilters([JSON.stringify({ value: rule })])(Buffer.from(JSON.stringify(value)));
const passesText = (rule: unknown, text: string | Buffer) =>
  compileFilters([JSON.stringify({ value: rule })])(Buffer.from(text));

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
describe('a filter rule', () => {
  it.each([
    ['null', { a: [null] }, { a: null }, { a: 1 }],
    ['empty', { a: [''] }, { a: '' }, { a: ' ' }],
    ['equals', { a: ['x'] }, { a: 'x' }, { a: 'X' }],
    ['equals a number, not its text', { a: [1] }, { a: 1 }, { a: '1' }],
    ['equals, ignoring case', { a: [{ 'equals-ignore-case': 'alice' }] }, { a: 'ALICE' }, { a: 'bob' }],
    ['and', { a: ['x'], b: ['y'] }, { a: 'x', b: 'y' }, { a: 'x', b: 'z' }],
    ['or within a field', { a: ['x', 'y'] }, { a: 'y' }, { a: 'z' }],
    ['or across fields', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: 'y' }, { a: 'y' }],
    ['not', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, { a: 'x' }],
    ['not, of a prefix', { a: [{ 'anything-but': { prefix: 'x' } }] }, { a: 'yx' }, { a: 'xy' }],
    ['not, of any of some prefixes', { a: [{ 'anything-but': { prefix: ['x', 'y'] } }] }, { a: 'zx' }, { a: 'xx' }],
    ['not, of any of some suffixes', { a: [{ 'anything-but': { suffix: ['x', 'y'] } }] }, { a: 'xz' }, { a: 'xy' }],
    [
      'not, of any of some cases',
      { a: [{ 'anything-but': { 'equals-ignore-case': ['x', 'y'] } }] },
      { a: 'z' },
      { a: 'Y' },
    ],
    [
      'not, of a prefix in any case',
      { a: [{ 'anything-but': { prefix: { 'equals-ignore-case': ['x', 'yY'] } } }] },
      { a: 'y' },
      { a: 'Yyz' },
    ],
    ['not, of a suffix', { a: [{ 'anything-but': { suffix: 'x' } }] }, { a: 'xy' }, { a: 'yx' }],
    ['not, of a case', { a: [{ 'anything-but': { 'equals-ignore-case': 'x' } }] }, { a: 'y' }, { a: 'X' }],
    ['not, of a number', { a: [{ 'anything-but': [1, 2] }] }, { a: 3 }, { a: 2 }],
    ['begins with, ignoring case', { a: [{ prefix: { 'equals-ignore-case': 'ab' } }] }, { a: 'ABc' }, { a: 'cAB' }],
    ['ends with, ignoring case', { a: [{ suffix: { 'equals-ignore-case': 'ab' } }] }, { a: 'cAB' }, { a: 'ABc' }],
    ['an or across fields beside an and', { c: [1], $or: [{ a: ['x'] }, { b: ['y'] }] }, { c: 1, a: 'x' }, { a: 'x' }],
    ['exists, which is of leaves only', { a: [{ exists: true }] }, { a: 1 }, { a: { b: 1 } }],
    ['not, which needs the field', { a: [{ 'anything-but': 'x' }] }, { a: 'y' }, {}],
    ['numeric equals', { a: [{ numeric: ['=', 100] }] }, { a: 100 }, { a: '100' }],
    ['numeric range', { a: [{ numeric: ['>', 10, '<=', 20] }] }, { a: 20 }, { a: 10 }],
    ['exists', { a: [{ exists: true }] }, { a: null }, { b: 1 }],
    ['does not exist', { a: [{ exists: false }] }, { b: 1 }, { a: 1 }],
    ['begins with', { a: [{ prefix: 'AB' }] }, { a: 'AB1' }, { a: '1AB' }],
    ['ends with', { a: [{ suffix: '.png' }] }, { a: 'x.png' }, { a: 'png' }],
    ['nested', { a: { b: { c: [1] } } }, { a: { b: { c: 1 } } }, { a: { b: 1 } }],
    ['any element of a list', { a: ['x'] }, { a: ['w', 'x'] }, { a: ['w'] }],
    ['no inherited property', { toString: [{ exists: false }] }, {}, { toString: 1 }],
  ])('%s', (_name, rule, match, other) => {
    expect(passes(rule, match)).toBe(true);
    expect(passes(rule, other)).toBe(false);
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/kafka-filtering.html
describe('the filter of a Kafka mapping', () => {
  it('compares plain text with a list of rules', () => {
    expect(passesText([{ prefix: 'ERR' }], 'ERR 42')).toBe(true);
    expect(passesText([{ prefix: 'ERR' }], 'ok')).toBe(false);
  });

  it('drops text under a pattern for JSON, and JSON under a pattern for text', () => {
    expect(passesText({ a: [1] }, 'not JSON')).toBe(false);
    expect(passesText([{ exists: true }], '{"a":1}')).toBe(false);
  });

  it('drops what is not UTF-8, whatever the pattern', () => {
    expect(passesText([{ exists: true }], Buffer.from([0xff, 0xfe]))).toBe(false);
    expect(compileFilters(['{}'])(Buffer.from([0xff]))).toBe(false);
  });

  it('lets everything pass that it has no rule for', () => {
    expect(compileFilters(['{}'])(Buffer.from('anything'))).toBe(true);
    expect(compileFilters(['{}'])(null)).toBe(true);
  });

  it('takes a record that any of several filters takes', () => {
    const filter = compileFilters(['{"value":{"a":[1]}}', '{"value":{"b":[2]}}']);
    expect(['{"a":1}', '{"b":2}', '{"a":2}'].map((value) => filter(Buffer.from(value)))).toEqual([true, true, false]);
  });

  it('takes alternatives of values, beside a rule for all of them', () => {
    const alternatives = [{ value: { a: [1] } }, { value: { b: [2] } }, { value: ['text'] }];
    const filter = compileFilters([JSON.stringify({ $or: alternatives })]);
    const values = ['{"a":1}', '{"b":2}', '{"a":2}', 'text', 'other'];
    expect(values.map((value) => filter(Buffer.from(value)))).toEqual([true, true, false, true, false]);
    const narrowed = compileFilters([JSON.stringify({ value: { c: [3] }, $or: alternatives })]);
    expect(['{"a":1,"c":3}', '{"a":1}'].map((value) => narrowed(Buffer.from(value)))).toEqual([true, false]);
  });

  it.each([
    ['another field', [{ value: ['a'] }, { key: ['a'] }], '"key"'],
    ['nothing', [{ value: ['a'] }, {}], 'empty alternative'],
    ['one', [{ value: ['a'] }], 'two patterns'],
    ['wrong rules', [{ value: ['a'] }, { value: 'b' }], '"value"'],
  ])('is refused with alternatives of %s', (_name, $or, reason) => {
    expect(explainFilterError(JSON.stringify({ $or }))).toContain(reason);
  });

  it('is refused on anything but value, and when it is no JSON object', () => {
    expect(explainFilterError('{"value":["a"]}')).toBeUndefined();
    expect(explainFilterError('{"key":["a"]}')).toContain('"key"');
    expect(explainFilterError('nonsense')).toContain('JSON object');
  });

  it.each([
    ['an operator that Lambda does not have', { a: [{ wildcard: 'x*' }] }, '"wildcard"'],
    ['two operators in one rule', { a: [{ prefix: 'x', suffix: 'y' }] }, 'one operator'],
    ['a value without a list', { a: 'x' }, '"a"'],
    ['no rules', { a: { b: [] } }, '"b" has no rules'],
    ['a list within a list', { a: [['x']] }, 'list within'],
    ['alternatives that are no list', { $or: { a: ['x'] } }, '$or'],
    ['a wrong alternative', { $or: [{ a: ['x'] }, { b: 'y' }] }, '"b"'],
  ])('is refused with %s', (_name, value, reason) => {
    expect(explainFilterError(JSON.stringify({ value }))).toContain(reason);
  });

  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
  it.each([
    [{ numeric: ['~', 5] }],
    [{ numeric: ['>', '5'] }],
    [{ numeric: [] }],
    [{ numeric: ['<', 5, '>', 0] }],
    [{ numeric: ['>', 5, '<', 0] }],
    [{ numeric: ['>', 0, '<', 5, '=', 3] }],
    [{ exists: 'yes' }],
    [{ prefix: 5 }],
    [{ prefix: ['x', 'y'] }],
    [{ suffix: { prefix: 'x' } }],
    [{ 'equals-ignore-case': null }],
    [{ 'anything-but': [] }],
    [{ 'anything-but': ['x', 1] }],
    [{ 'anything-but': null }],
    [{ 'anything-but': { prefix: [] } }],
    [{ 'anything-but': { numeric: ['=', 1] } }],
  ])('is refused with the operand of %j', (rule) => {
    expect(explainFilterError(JSON.stringify({ value: { a: [rule] } }))).toContain('does not take');
  });

  it('either is refused or never fails on a value, whatever both hold', () => {
    const anyRule = fc.oneof(
      fc.jsonValue(),
      fc.record({ a: fc.array(fc.record({ numeric: fc.jsonValue() }), { minLength: 1 }) }),
      fc.record({ a: fc.array(fc.record({ 'anything-but': fc.jsonValue() }), { minLength: 1 }) }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), anyRule, (value, rule) => {
        const isRefused = explainFilterError(JSON.stringify({ value: rule })) !== undefined;
        expect(isRefused || typeof passes(rule, value) === 'boolean').toBe(true);
      }),
    );
  });
});
