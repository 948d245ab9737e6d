// Runs functions of the test service in serverless-offline's workers and prints how their invocations end, as JSON:
// one that throws, and one that hangs while the workers are ended for a reload. Usage: STATE_DIR=… node --import tsx …
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LambdaKafkaEvent } from '../../src/core/event.ts';
import { FunctionError } from '../../src/invokers/invoker.ts';
import { createOfflineInvoker } from '../../src/invokers/serverless-offline.ts';
import type { Serverless } from '../../src/serverless/framework.ts';

const serviceDir = resolve(import.meta.dirname, '../integration/service');
const EVENT: LambdaKafkaEvent = { eventSource: 'SelfManagedKafka', bootstrapServers: 'b-1:9092', records: {} };

const serverless = {
  serviceDir,
  config: { serverlessPath: serviceDir, servicePath: serviceDir },
  service: {
    service: 'misbehaving',
    provider: { runtime: 'nodejs22.x', region: 'us-east-1', environment: { STATE_DIR: process.env.STATE_DIR } },
    custom: {},
    getAllFunctions: () => ['throwing', 'hanging'],
    getFunction: (key: string) => ({ handler: `handlers.${key}`, name: `reloaded-${key}`, timeout: 30 }),
  },
} as unknown as Serverless;

const invoker = await createOfflineInvoker(serverless, {});

async function outcomeOf(functionKey: string): Promise<unknown> {
  try {
    await invoker.invoke({ functionKey, functionName: functionKey, functionTimeoutMs: 30_000 }, EVENT);
    return 'success';
  } catch (error) {
    return { isFunctionError: error instanceof FunctionError, message: (error as Error).message };
  }
}

const throwing = await outcomeOf('throwing');
const hanging = outcomeOf('hanging');
await delay(500);
await invoker.reload();
const again = outcomeOf('hanging');
process.stdout.write(`${JSON.stringify({ throwing, reloaded: await hanging, again: await again })}\n`);
await invoker.close();
process.exit(0);
