import { describe, expect, it } from '@jest/globals';
import { pickProblem } from '../../../localstack/start/parts/important-lines.ts';

describe('what the terminal shows of a structured log', () => {
  it('is a failed batch with its reason and its next attempt', () => {
    const line = JSON.stringify({
      level: 'warn',
      message: 'batch',
      function: 'ingestRetailEvents',
      attempt: 7,
      retry_in_ms: 5000,
      error: 'ClickHouse code 497: no. ',
    });

    expect(pickProblem(line)).toBe(
      'ingestRetailEvents · batch · attempt 7 · ClickHouse code 497: no. · again in 5.0 s',
    );
  });

  it("is the message of an error object in Powertools' lines", () => {
    const line = '{"level":"ERROR","service":"compact","message":"failed","error":{"name":"E","message":"no bucket"}}';

    expect(pickProblem(line)).toBe('compact · failed · no bucket');
  });

  it.each([
    ['information', '{"level":"info","message":"batch"}'],
    ["a client library's warning", '{"level":"warn","logger":"kafkajs","message":"no coordinator"}'],
    ['what is no JSON', '{ operation: 1 }'],
    ['plain text', 'Server ready'],
  ])('is nothing for %s', (_what, line) => {
    expect(pickProblem(line)).toBeUndefined();
  });
});
