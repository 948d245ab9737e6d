import { type Mapping, readMappings } from '../core/mapping.ts';
import type { MappingProblem } from '../core/mapping-problem.ts';
import { numberOf, recordOf } from '../core/properties.ts';
import { type ReferenceScope, resolveMappingReferences } from '../core/resolve-references.ts';
import {
  type CompiledTemplate,
  EVENT_SOURCE_MAPPING,
  type FunctionDescription,
  type TemplateResource,
} from '../core/template.ts';

/** A stack's Kafka mappings, as they run. */
export interface DeployedStack {
  name: string;
  mappings: readonly Mapping[];
  problems: readonly MappingProblem[];
}

export interface DeployedResource {
  logicalId: string;
  physicalId: string;
  type: string;
}

/** What Lambda says of a mapping. */
export interface EventSourceMappingState {
  /** With the alias or version, if the mapping has one. */
  functionArn: string;
  state: string;
}

export interface StackFacts {
  name: string;
  region: string;
  /** JSON. */
  template: string;
  resources: readonly DeployedResource[];
  /** By the UUID of the mapping. */
  states: ReadonlyMap<string, EventSourceMappingState>;
  /** The settings say how to authenticate, in place of the mappings' secrets. */
  hasOwnSecurity: boolean;
}

/** As CloudFormation has it where the template says nothing. */
const DEFAULT_TIMEOUT_SECONDS = 3;

/**
 * Reads a deployed stack's mappings: settings from the template, and who they are from the stack. Functions are invoked
 * by ARN. Without a group of its own a mapping's is its UUID, which outlives an update and not a replacement, as on AWS.
 */
export function readStack({ name, region, template, resources, states, ...facts }: StackFacts): DeployedStack {
  const physicalIds = new Map(resources.map(({ logicalId, physicalId }) => [logicalId, physicalId]));
  const parsed = parseTemplate(template);
  if (!parsed) return { name, mappings: [], problems: [unreadable(name)] };
  const deployed = Object.entries(parsed.Resources).flatMap(([id, resource]) => {
    if (resource.Type !== EVENT_SOURCE_MAPPING) return [[id, resource] as const];
    const state = states.get(physicalIds.get(id) ?? '');
    // A resource whose condition is false is in the template and not in the stack.
    return state ? [[id, withFunction(resource, state)] as const] : [];
  });
  const resolved = resolveMappingReferences(
    { Resources: Object.fromEntries(deployed) },
    describeStack(region, resources, states),
  );
  const uuidOf = (id: string) => physicalIds.get(id) ?? id;
  const { mappings, problems } = readMappings(resolved, {
    functions: describeFunctions(parsed, physicalIds),
    defaultGroup: uuidOf,
    hasOwnSecurity: facts.hasOwnSecurity,
  });
  return {
    name,
    problems,
    mappings: mappings.map((mapping) => {
      const state = states.get(uuidOf(mapping.id));
      if (!state) return mapping;
      const isEnabled = mapping.isEnabled && !state.state.startsWith('Disabl');
      return { ...mapping, functionName: state.functionArn, functionArn: state.functionArn, isEnabled };
    }),
  };
}

/** Undefined if it is YAML: the Serverless Framework and CDK deploy JSON, and SAM's transform makes it of YAML. */
function parseTemplate(template: string): CompiledTemplate | undefined {
  try {
    return { Resources: recordOf(recordOf(JSON.parse(template)).Resources) as CompiledTemplate['Resources'] };
  } catch {
    return undefined;
  }
}

/** The template may name an alias, which does not tell its function. */
function withFunction(mapping: TemplateResource, { functionArn }: EventSourceMappingState): TemplateResource {
  const functionName = functionArn.split(':')[6];
  return functionName ? { ...mapping, Properties: { ...mapping.Properties, FunctionName: functionName } } : mapping;
}

function unreadable(stack: string): MappingProblem {
  const reason = 'only templates in JSON are read; its mappings are not polled';
  return { mapping: `stack ${stack}`, setting: 'template', verdict: 'not-emulated', reason };
}

function describeFunctions(
  template: CompiledTemplate,
  physicalIds: ReadonlyMap<string, string>,
): FunctionDescription[] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
    .map(([logicalId, { Properties = {} }]) => {
      const name = physicalIds.get(logicalId) ?? logicalId;
      const timeoutMs = (numberOf(Properties.Timeout) ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
      return { key: name, logicalId, name, arn: name, timeoutMs };
    });
}

function describeStack(
  region: string,
  resources: readonly DeployedResource[],
  states: ReadonlyMap<string, EventSourceMappingState>,
): ReferenceScope {
  const [{ functionArn } = { functionArn: '' }] = states.values();
  const accountId = functionArn.split(':')[4] ?? '';
  const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
  return {
    region,
    accountId,
    describe(logicalId) {
      const { physicalId, type } = byId.get(logicalId) ?? { physicalId: undefined, type: '' };
      if (physicalId === undefined) return {};
      // The physical id of a queue is its URL, that of a bucket its name; those of others are their ARNs, if they have one.
      if (type === 'AWS::SQS::Queue')
        return { ref: physicalId, arn: `arn:aws:sqs:${region}:${accountId}:${physicalId.split('/').at(-1)}` };
      if (type === 'AWS::S3::Bucket') return { ref: physicalId, arn: `arn:aws:s3:::${physicalId}` };
      return { ref: physicalId, arn: physicalId.startsWith('arn:') ? physicalId : undefined };
    },
  };
}
