import { describe, expect, it } from '@jest/globals';
import { listFunctions } from '../../../localstack/invoke/list-functions.ts';

describe('the functions of a serverless.yml', () => {
  it('are its keys, in order, whatever CloudFormation tags stand around them', () => {
    const template = 'service: x\nfunctions:\n  ingest:\n    role: !GetAtt Role.Arn\n  compact: {}\n';

    expect(listFunctions(template)).toEqual(['ingest', 'compact']);
  });

  it('are none where there is no such section', () => {
    expect(listFunctions('service: x\n')).toEqual([]);
  });
});
