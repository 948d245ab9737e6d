import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateDescribeStacks,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import type { AwsClientConfig } from '../aws/client-config.ts';
import { EVENT_SOURCE_MAPPING } from '../core/template.ts';
import { type DeployedResource, type DeployedStack, type EventSourceMappingState, readStack } from './read-stack.ts';

/** What is deployed. */
export interface Deployments {
  /** Oldest first. */
  stacks: readonly DeployedStack[];
  /** Stacks that are just being changed: their mappings stay as they are until that is over. */
  changing: readonly string[];
  /** Stacks that were asked for by name, and are not there. */
  missing: readonly string[];
}

export interface DeployedStacks {
  discover(): Promise<Deployments>;
  close(): void;
}

export interface DeployedStacksOptions {
  region: string;
  /** Limits the stacks; empty is all of them. */
  names: readonly string[];
  /** The settings say how to authenticate, in place of the mappings' secrets. */
  hasOwnSecurity: boolean;
}

/**
 * Reads stacks by CloudFormation and the state of their mappings by Lambda. The settings come from the template, because
 * ministack's ListEventSourceMappings knows neither topics nor groups nor brokers.
 */
export function openDeployedStacks(
  config: AwsClientConfig,
  { region, names, hasOwnSecurity }: DeployedStacksOptions,
): DeployedStacks {
  const cloudFormation = new CloudFormationClient(config);
  const lambda = new LambdaClient(config);
  return {
    async discover() {
      const found = (await listStacks(cloudFormation)).filter(({ name }) => names.length === 0 || names.includes(name));
      const settled = found.filter(({ status }) => status.endsWith('_COMPLETE') && status !== 'DELETE_COMPLETE');
      const states = await listMappingStates(lambda);
      const stacks = settled.map(async ({ name }) => {
        const resources = await readResources(cloudFormation, name);
        if (!resources.some(({ type }) => type === EVENT_SOURCE_MAPPING)) return { name, mappings: [], problems: [] };
        const template = await readTemplate(cloudFormation, name);
        return readStack({ name, region, template, resources, states, hasOwnSecurity });
      });
      return {
        stacks: await Promise.all(stacks),
        changing: found.filter(({ status }) => status.endsWith('_IN_PROGRESS')).map(({ name }) => name),
        missing: names.filter((name) => !found.some((stack) => stack.name === name)),
      };
    },
    close() {
      cloudFormation.destroy();
      lambda.destroy();
    },
  };
}

async function listStacks(client: CloudFormationClient): Promise<{ name: string; status: string }[]> {
  const stacks: Stack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) stacks.push(...Stacks);
  const createdAtMs = ({ CreationTime }: Stack) => CreationTime?.getTime() ?? 0;
  return stacks
    .sort((one, other) => createdAtMs(one) - createdAtMs(other))
    .map(({ StackName = '', StackStatus = '' }) => ({ name: StackName, status: StackStatus }));
}

async function listMappingStates(client: LambdaClient): Promise<Map<string, EventSourceMappingState>> {
  const states = new Map<string, EventSourceMappingState>();
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {})) {
    for (const { UUID = '', FunctionArn = '', State = '' } of EventSourceMappings)
      states.set(UUID, { functionArn: FunctionArn, state: State });
  }
  return states;
}

/** After its transforms: of SAM's functions with events these make functions and event source mappings. */
async function readTemplate(client: CloudFormationClient, name: string): Promise<string> {
  const command = new GetTemplateCommand({ StackName: name, TemplateStage: 'Processed' });
  const { TemplateBody = '' } = await client.send(command);
  return TemplateBody;
}

async function readResources(client: CloudFormationClient, name: string): Promise<DeployedResource[]> {
  const resources: DeployedResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: name })) {
    for (const { LogicalResourceId = '', PhysicalResourceId = '', ResourceType = '' } of StackResourceSummaries)
      resources.push({ logicalId: LogicalResourceId, physicalId: PhysicalResourceId, type: ResourceType });
  }
  return resources;
}
