import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createClientConfig } from '../../src/aws/client-config.ts';
import { openDeployedStacks } from '../../src/standalone/deployed-stacks.ts';

const UUID = '6f1b7c0e-0000-4000-8000-000000000000';
/** What the transform of a SAM template made; as it was sent, it has none of these. */
const PROCESSED = JSON.stringify({
  Resources: {
    Print: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 20 } },
    PrintGreetings: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/demo/0',
        FunctionName: { Ref: 'Print' },
        StartingPosition: 'LATEST',
        Topics: ['greetings'],
      },
    },
  },
});
const SENT = 'Transform: AWS::Serverless-2016-10-31';
/** More than CloudFormation's DescribeStackResources gives, which ends at 100. */
const RESOURCES = [
  ...Array.from({ length: 148 }, (_, i) => [`Topic${i}`, `topic-${i}`, 'AWS::SNS::Topic']),
  ['Print', 'shop-print', 'AWS::Lambda::Function'],
  ['PrintGreetings', UUID, 'AWS::Lambda::EventSourceMapping'],
];
const PAGE = 100;

const escapeXml = (value: string) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const members = (from: number, to: number) =>
  RESOURCES.slice(from, to)
    .map(
      ([id, physicalId, type]) =>
        `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceType>${type}</ResourceType></member>`,
    )
    .join('');
const stack = (name: string, createdAt: string) =>
  `<member><StackName>${name}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>${createdAt}</CreationTime></member>`;

/** CloudFormation's answers, by the action that is asked for. */
const ANSWERS: Record<string, (query: URLSearchParams) => string> = {
  DescribeStacks: () =>
    `<Stacks>${stack('newer', '2026-02-02T00:00:00Z')}${stack('older', '2026-01-01T00:00:00Z')}</Stacks>`,
  DescribeStackResources: () => `<StackResources>${members(0, PAGE)}</StackResources>`,
  ListStackResources: (query) => {
    const from = Number(query.get('NextToken') ?? 0);
    const isLast = from + PAGE >= RESOURCES.length;
    const next = isLast ? '' : `<NextToken>${from + PAGE}</NextToken>`;
    return `<StackResourceSummaries>${members(from, from + PAGE)}</StackResourceSummaries>${next}`;
  },
  GetTemplate: (query) => {
    const body = query.get('TemplateStage') === 'Processed' ? PROCESSED : SENT;
    return `<TemplateBody>${escapeXml(body)}</TemplateBody>`;
  },
};

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

async function startServer(): Promise<string> {
  const FunctionArn = 'arn:aws:lambda:us-east-1:000000000000:function:shop-print';
  const started = createServer(async (request, response) => {
    if (request.method === 'GET') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ EventSourceMappings: [{ UUID, FunctionArn, State: 'Enabled' }] }));
      return;
    }
    const query = new URLSearchParams(await text(request));
    const action = query.get('Action') ?? '';
    response.setHeader('content-type', 'text/xml');
    response.end(
      `<${action}Response><${action}Result>${ANSWERS[action]?.(query)}</${action}Result></${action}Response>`,
    );
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
describe('of deployed stacks', () => {
  it('the mappings are read after transforms such as SAM, among any number of resources, oldest stack first', async () => {
    const config = createClientConfig({ endpoint: await startServer(), region: 'us-east-1' }, {});
    const options = { region: 'us-east-1', names: [], hasOwnSecurity: false };
    const deployed = openDeployedStacks(config, options);
    const { stacks } = await deployed.discover();
    deployed.close();
    const mapping = { id: 'PrintGreetings', functionKey: 'shop-print', consumerGroupId: UUID, topics: ['greetings'] };
    expect(stacks).toMatchObject([
      { name: 'older', mappings: [mapping], problems: [] },
      { name: 'newer', mappings: [mapping], problems: [] },
    ]);
  });
});
