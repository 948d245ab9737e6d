import { type AwsAccess, createClientConfig } from './aws/client-config.ts';
import { readMappings } from './core/mapping.ts';
import type { Invoker } from './invokers/invoker.ts';
import { createOfflineInvoker, type OfflineInvoker } from './invokers/serverless-offline.ts';
import { createLog, type Log } from './log.ts';
import { reportProblems } from './report-problems.ts';
import { compileKafkaTemplate, describeFunctions, findDroppedSettings } from './serverless/compiled-template.ts';
import type { Serverless } from './serverless/framework.ts';
import { checkPluginOrder } from './serverless/plugin-order.ts';
import { readSettings } from './serverless/settings.ts';
import { keepWithoutDestination } from './serverless/unreachable-destinations.ts';
import type { PollerStats } from './stats.ts';
import { serveStatus } from './status/status-server.ts';
import { startTrigger, type Trigger } from './trigger.ts';
import { UsageError } from './usage-error.ts';

/** Serverless plugin: polls the service's Kafka mappings while `serverless offline` runs. */
export class KafkaTriggerPlugin {
  readonly hooks: Record<string, () => Promise<void>>;
  readonly #serverless: Serverless;
  readonly #options: Record<string, unknown>;
  #invoker: OfflineInvoker | undefined;
  #trigger: Trigger | undefined;

  constructor(serverless: Serverless, options: Record<string, unknown>) {
    this.#serverless = serverless;
    this.#options = options;
    const start = () => this.#explain(() => this.#start());
    const checkOrder = () => this.#explain(async () => checkPluginOrder(serverless));
    this.hooks = {
      'before:offline:start': checkOrder,
      'before:offline:start:init': checkOrder,
      'offline:start': start,
      'offline:start:init': start,
      'offline:functionsUpdated:cleanup': async () => this.#invoker?.reload(),
    };
  }

  /** State and counters of each mapping, for other plugins. */
  stats(): PollerStats[] {
    return this.#trigger?.stats() ?? [];
  }

  async #start(): Promise<void> {
    const { isVerbose, invokeEndpoint, statusPort, aws, region, ...settings } = readSettings(
      this.#serverless,
      process.env,
    );
    const log = createLog({ isVerbose });
    const mappings = await this.#readMappings(log, aws !== undefined, settings.security !== undefined);
    if (mappings.length === 0) {
      log('info', 'no mapping: no function has an msk or kafka event');
      return;
    }
    const offline = await createOfflineInvoker(this.#serverless, this.#options);
    const invoker =
      invokeEndpoint === undefined ? offline : await createApiInvoker({ endpoint: invokeEndpoint, region });
    const awsConfig = aws && createClientConfig(aws, process.env);
    const trigger = startTrigger({ mappings, invoker, log, aws: awsConfig, ...settings });
    const status = statusPort === undefined ? undefined : await serveStatus(statusPort, () => trigger.stats(), log);
    offline.onShutdown(async () => {
      status?.close();
      await trigger.stop();
    });
    this.#invoker = offline;
    this.#trigger = trigger;
  }

  /** Makes the framework show what is wrong with the setup as a sentence, without our stack. */
  async #explain(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new this.#serverless.classes.Error(error.message, 'KAFKA_TRIGGER_USAGE');
    }
  }

  async #readMappings(log: Log, hasAws: boolean, hasOwnSecurity: boolean) {
    const serverless = this.#serverless;
    const service = `${serverless.service.service}-${serverless.getProvider('aws').getStage()}`;
    const template = await compileKafkaTemplate(serverless);
    const read = readMappings(template, {
      functions: describeFunctions(serverless),
      defaultGroup: (id) => `${service}.${id}`,
      hasOwnSecurity,
    });
    const kept = hasAws ? { mappings: read.mappings, problems: [] } : keepWithoutDestination(read.mappings);
    reportProblems([...read.problems, ...kept.problems, ...findDroppedSettings(serverless)], log);
    return kept.mappings;
  }
}

/** Most services run their functions in process and never load the client. */
async function createApiInvoker(access: AwsAccess): Promise<Invoker> {
  const { createLambdaApiInvoker } = await import('./invokers/lambda-api.ts');
  return createLambdaApiInvoker(createClientConfig(access, process.env));
}
