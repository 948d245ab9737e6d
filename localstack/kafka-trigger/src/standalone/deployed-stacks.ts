import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  GetTemplateCommand,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation';
import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import type { AwsClientConfig } from '../aws/client-config.ts';
import { EVENT_SOURCE_MAPPING } from '../core/template.ts';
import { type DeployedResource, type DeployedStack, type EventSourceMappingState, readStack } from './read-stack.ts';

/** What is deployed. */
export interface Deployments {
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

/**
 * Reads stacks by CloudFormation and the state of their mappings by Lambda. The settings come from the template, because
 * ministack's ListEventSourceMappings knows neither topics nor groups nor brokers. `names` limits the stacks.
 */
export function openDeployedStacks(config: AwsClientConfig, region: string, names: readonly string[]): DeployedStacks {
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
        return readStack({ name, region, template: await readTemplate(cloudFormation, name), resources, states });
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
  const stacks: { name: string; status: string }[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) {
    for (const { StackName = '', StackStatus = '' } of Stacks) stacks.push({ name: StackName, status: StackStatus });
  }
  return stacks;
}

async function listMappingStates(client: LambdaClient): Promise<Map<string, EventSourceMappingState>> {
  const states = new Map<string, EventSourceMappingState>();
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {})) {
    for (const { UUID = '', FunctionArn = '', State = '' } of EventSourceMappings)
      states.set(UUID, { functionArn: FunctionArn, state: State });
  }
  return states;
}

async function readTemplate(client: CloudFormationClient, name: string): Promise<string> {
  const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName: name }));
  return TemplateBody;
}

async function readResources(client: CloudFormationClient, name: string): Promise<DeployedResource[]> {
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName: name }));
  return StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '', ResourceType = '' }) => ({
    logicalId: LogicalResourceId,
    physicalId: PhysicalResourceId,
    type: ResourceType,
  }));
}
