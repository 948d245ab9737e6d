import { describe, expect, it } from '@jest/globals';
import { formatError, fromEngineError, toHttpStatus } from '../../../localstack/clickhouse/clickhouse-error.ts';

describe('fromEngineError', () => {
  it.each([
    ['Code: 60. DB::Exception: No table x. (UNKNOWN_TABLE)', 60, 'UNKNOWN_TABLE', 'No table x'],
    [
      'Code: 164. DB::Exception: Code: 164. DB::Exception: No. (READONLY) (version 26.7.2.1). (READONLY)',
      164,
      'READONLY',
      'No',
    ],
    ['Code: 62. DB::Exception: cut', 62, 'UNKNOWN_EXCEPTION', 'cut'],
    ['something else', 1002, 'UNKNOWN_EXCEPTION', 'something else'],
  ])('reads %p', (text, code, codeName, message) => {
    expect(fromEngineError(new Error(text))).toMatchObject({ code, codeName, message });
  });

  it('is undone by formatError', () => {
    const text = 'Code: 60. DB::Exception: No table x. (UNKNOWN_TABLE) (version 26.7 (chdb))\n';
    expect(
      formatError(fromEngineError(new Error('Code: 60. DB::Exception: No table x. (UNKNOWN_TABLE)')), '26.7'),
    ).toBe(text);
  });
});

describe('toHttpStatus', () => {
  it.each([
    [516, 403],
    [194, 401],
    [62, 400],
    [60, 404],
    [159, 408],
    [202, 500],
    [999_999, 500],
  ])('%i is %i', (code, status) => {
    expect(toHttpStatus(code)).toBe(status);
  });
});
