import type { MappingProblem } from '../core/mapping-problem.ts';
import { resolveMappingReferences } from '../core/resolve-references.ts';
import {
  type CompiledTemplate,
  EVENT_SOURCE_MAPPING,
  type FunctionDescription,
  type TemplateResource,
} from '../core/template.ts';
import type { Serverless } from './framework.ts';
import { describeResources, LOCAL_ACCOUNT_ID } from './resource-names.ts';

/** The framework's plugins that turn `msk` and `kafka` events into event source mappings. */
const KAFKA_COMPILERS = ['AwsCompileMSKEvents', 'AwsCompileKafkaEvents'];
const COMPILE_HOOK = 'package:compileEvents';
const DEFAULT_TIMEOUT_SECONDS = 6;

/** The framework's own merge of `resources` into the template; `this` is its packaging plugin. */
interface ResourceMerger {
  mergeCustomProviderResources(): void;
}

/**
 * Compiles the service's Kafka mappings as `package` would, and only them: the framework's own compilers and its own
 * merge of `resources` and `resources.extensions` run on a template that is thrown away, so nothing is packaged,
 * written or changed. What another plugin adds to the template while packaging is not seen.
 */
export async function compileKafkaTemplate(serverless: Serverless): Promise<CompiledTemplate> {
  const template: CompiledTemplate = { Resources: {} };
  const { provider } = serverless.service;
  const before = provider.compiledCloudFormationTemplate;
  provider.compiledCloudFormationTemplate = template;
  try {
    const compilers = (serverless.pluginManager.hooks[COMPILE_HOOK] ?? []).filter(({ pluginName }) =>
      KAFKA_COMPILERS.includes(pluginName),
    );
    for (const { hook } of compilers) await hook();
  } finally {
    provider.compiledCloudFormationTemplate = before;
  }
  mergeResources(serverless, template);
  const region = serverless.getProvider('aws').getRegion();
  return resolveMappingReferences(template, describeResources(serverless.service.resources?.Resources ?? {}, region));
}

/** The service's functions, as mappings refer to them. */
export function describeFunctions(serverless: Serverless): FunctionDescription[] {
  const { service } = serverless;
  const provider = serverless.getProvider('aws');
  const region = provider.getRegion();
  return service.getAllFunctions().map((key) => {
    const { name, timeout } = service.getFunction(key);
    return {
      key,
      name,
      arn: `arn:aws:lambda:${region}:${LOCAL_ACCOUNT_ID}:function:${name}`,
      logicalId: provider.naming.getLambdaLogicalId(key),
      timeoutMs: (timeout ?? service.provider.timeout ?? DEFAULT_TIMEOUT_SECONDS) * 1000,
    };
  });
}

/** Settings of events that the framework's compilers lose on the way to the template. */
export function findDroppedSettings(serverless: Serverless): MappingProblem[] {
  const { service } = serverless;
  return service.getAllFunctions().flatMap((key) =>
    (service.getFunction(key).events ?? [])
      .map((event) => (event.msk ?? event.kafka) as { maximumBatchingWindow?: number } | undefined)
      .filter((event) => event?.maximumBatchingWindow === 0)
      .map(() => ({
        mapping: key,
        setting: 'maximumBatchingWindow',
        verdict: 'ignored',
        reason: 'the framework drops a window of 0, which leaves 500 ms: set it in resources.extensions',
      })),
  );
}

function mergeResources(serverless: Serverless, template: CompiledTemplate): void {
  const merger = serverless.pluginManager.plugins.find(isResourceMerger);
  const { resources } = serverless.service;
  if (!merger || !resources) return;
  const known = (id: string) => id in template.Resources || isMapping(resources.Resources?.[id]);
  // The merge consumes what it is given, and refuses extensions of resources that are not in the template.
  const ours = structuredClone({
    Resources: pick(resources.Resources, (id) => isMapping(resources.Resources?.[id])),
    extensions: pick(resources.extensions, known),
  });
  const stand = {
    serverless: { service: { resources: ours, provider: { compiledCloudFormationTemplate: template } } },
  };
  merger.mergeCustomProviderResources.call(stand);
}

function isResourceMerger(plugin: object): plugin is ResourceMerger {
  return 'mergeCustomProviderResources' in plugin && typeof plugin.mergeCustomProviderResources === 'function';
}

function isMapping(resource: unknown): resource is TemplateResource {
  return (resource as TemplateResource | undefined)?.Type === EVENT_SOURCE_MAPPING;
}

function pick(from: Record<string, unknown> = {}, isWanted: (id: string) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([id]) => isWanted(id)));
}
