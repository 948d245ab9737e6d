import { describe, expect, it } from '@jest/globals';
import { createJudge } from '@tidemark/domains/judge';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import { malformedValues } from '../../fixtures/malformed-values.ts';

const TIMESTAMP = Date.UTC(2026, 10, 21);

describe('the judgement of values that no schema foresees', () => {
  const judge = createJudge(retailEvents);

  it.each(malformedValues.map((one) => [one.name, one] as const))('%s', (_name, { key, value, expected }) => {
    const verdict = judge({ key: key ?? null, value, headers: [], timestamp: TIMESTAMP });

    expect(verdict.isValid ? 'stored' : verdict.reason).toBe(expected);
  });

  it('covers a hundred values under names of their own', () => {
    const names = new Set(malformedValues.map(({ name }) => name));

    expect(names.size).toBe(malformedValues.length);
    expect(names.size).toBeGreaterThanOrEqual(100);
  });
});
