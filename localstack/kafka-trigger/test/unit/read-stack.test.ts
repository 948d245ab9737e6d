import { describe, expect, it } from '@jest/globals';
import { readStack, type StackFacts } from '../../src/standalone/read-stack.ts';

const UUID = '6f1b7c0e-0000-4000-8000-000000000000';
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:shop-dev-print:live';
const TEMPLATE = {
  Resources: {
    PrintLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'shop-dev-print', Timeout: 20 } },
    FailedQueue: { Type: 'AWS::SQS::Queue' },
    PrintMapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: 'arn:aws:kafka:us-east-1:123456789012:cluster/demo/0',
        FunctionName: { 'Fn::GetAtt': ['PrintLambdaFunction', 'Arn'] },
        StartingPosition: 'TRIM_HORIZON',
        Topics: ['greetings'],
        ProvisionedPollerConfig: {},
        DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['FailedQueue', 'Arn'] } } },
      },
    },
  },
};

const read = (facts: Partial<StackFacts> = {}) =>
  readStack({
    name: 'shop-dev',
    region: 'us-east-1',
    template: JSON.stringify(TEMPLATE),
    resources: [
      { logicalId: 'PrintLambdaFunction', physicalId: 'shop-dev-print', type: 'AWS::Lambda::Function' },
      { logicalId: 'FailedQueue', physicalId: 'http://127.0.0.1:4566/123456789012/q-1', type: 'AWS::SQS::Queue' },
      { logicalId: 'PrintMapping', physicalId: UUID, type: 'AWS::Lambda::EventSourceMapping' },
    ],
    states: new Map([[UUID, { functionArn: FUNCTION_ARN, state: 'Enabled' }]]),
    hasOwnSecurity: false,
    ...facts,
  });

describe('a deployed stack', () => {
  it('gives settings by its template, and the function and group by what is deployed', () => {
    expect(read().mappings).toMatchObject([
      {
        id: 'PrintMapping',
        functionKey: 'shop-dev-print',
        functionName: FUNCTION_ARN,
        functionArn: FUNCTION_ARN,
        functionTimeoutMs: 20_000,
        topics: ['greetings'],
        consumerGroupId: UUID,
        isEnabled: true,
        failureDestination: { kind: 'sqs', accountId: '123456789012', queueName: 'q-1' },
      },
    ]);
    expect(read().problems).toEqual([]);
  });

  it('finds the function of a mapping that names an alias, as SAM makes it', () => {
    const { PrintMapping, ...others } = TEMPLATE.Resources;
    const Properties = { ...PrintMapping.Properties, FunctionName: { Ref: 'PrintAliaslive' } };
    const Resources = { ...others, PrintMapping: { ...PrintMapping, Properties } };
    const { mappings, problems } = read({ template: JSON.stringify({ Resources }) });
    expect(mappings).toMatchObject([{ functionKey: 'shop-dev-print', functionArn: FUNCTION_ARN }]);
    expect(problems).toEqual([]);
  });

  it('of which a mapping was disabled through the API polls it no more', () => {
    const states = new Map([[UUID, { functionArn: FUNCTION_ARN, state: 'Disabled' }]]);
    expect(read({ states }).mappings[0]?.isEnabled).toBe(false);
  });

  it('has no mapping that was not created, as by a condition', () => {
    expect(read({ states: new Map() })).toMatchObject({ mappings: [], problems: [] });
  });

  it('in YAML is not read, and says so', () => {
    const { mappings, problems } = read({ template: 'Resources: {}' });
    expect(mappings).toEqual([]);
    expect(problems).toMatchObject([{ mapping: 'stack shop-dev', verdict: 'not-emulated' }]);
  });
});
