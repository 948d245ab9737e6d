import { type Mapping, type ReadOptions, readMappings } from '../../src/core/mapping.ts';
import type { FunctionDescription } from '../../src/core/template.ts';

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';
export const FUNCTIONS: FunctionDescription[] = [
  {
    key: 'ingest',
    logicalId: 'IngestLambdaFunction',
    name: 'shop-dev-ingest',
    arn: `${FUNCTION_ARN}shop-dev-ingest`,
    timeoutMs: 60_000,
  },
  {
    key: 'slow',
    logicalId: 'SlowLambdaFunction',
    name: 'shop-dev-slow',
    arn: `${FUNCTION_ARN}shop-dev-slow`,
    timeoutMs: 15 * 60_000,
  },
];
export const ARN = 'arn:aws:kafka:us-east-1:000000000000:cluster/demo/0';
/** An MSK mapping of which nothing is wrong. */
export const MSK = {
  EventSourceArn: ARN,
  FunctionName: { 'Fn::GetAtt': ['IngestLambdaFunction', 'Arn'] },
  StartingPosition: 'TRIM_HORIZON',
  Topics: ['orders'],
};
/** The same of a cluster of one's own. */
export const SELF_MANAGED = {
  SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['b-1:9092', 'b-2:9092'] } },
  FunctionName: MSK.FunctionName,
  StartingPosition: 'TRIM_HORIZON',
  Topics: ['orders'],
};

/** Reads a template of these mappings, by logical id. */
export function readAll(mappings: Record<string, Record<string, unknown>>, options: Partial<ReadOptions> = {}) {
  const resources = Object.entries(mappings).map(([id, Properties]) => [
    id,
    { Type: 'AWS::Lambda::EventSourceMapping', Properties },
  ]);
  const defaults = { functions: FUNCTIONS, defaultGroup: (id: string) => `shop-dev.${id}`, hasOwnSecurity: false };
  return readMappings({ Resources: Object.fromEntries(resources) }, { ...defaults, ...options });
}

/** Reads a template of one mapping, with nothing but these properties. */
export const read = (Orders: Record<string, unknown>, options?: Partial<ReadOptions>) => readAll({ Orders }, options);

/** The MSK mapping with these properties too. */
export const mappingOf = (properties: Record<string, unknown>) =>
  read({ ...MSK, ...properties }).mappings[0] as Mapping;

/** What is wrong with it. */
export const problemsOf = (properties: Record<string, unknown>, options?: Partial<ReadOptions>) =>
  read({ ...MSK, ...properties }, options).problems.map(({ setting, verdict }) => [setting, verdict]);
