import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { describeError } from '../log.ts';
import type { Serverless } from '../serverless/framework.ts';
import { FunctionError, type Invoker } from './invoker.ts';

/** What serverless-offline's `Lambda` offers, as far as we use it. */
interface OfflineLambda {
  create(lambdas: { functionKey: string; functionDefinition: unknown }[]): void;
  get(functionKey: string): OfflineFunction;
  /** Ends the workers; others start with the next invocation. */
  cleanup(): Promise<void>;
  stop(timeoutMs: number): Promise<void>;
}

interface OfflineModule {
  default: {
    new (serverless: Serverless, options: Record<string, unknown>): OfflineLambda;
    prototype: OfflineLambda;
  };
}

interface OfflineFunction {
  setEvent(event: unknown): void;
  runHandler(): Promise<unknown>;
  cleanup(): Promise<void>;
}

/** Seconds after which serverless-offline ends an idle worker, and its other defaults that matter here. */
const OFFLINE_DEFAULTS = { host: 'localhost', lambdaPort: 3002, terminateIdleLambdaTime: 60, useInProcess: false };

/** Functions in serverless-offline's workers, with what that brings along. */
export interface OfflineInvoker extends Invoker {
  /** Ends the workers, so that the next invocation runs newly built code. What they were running is run again. */
  reload(): Promise<void>;
  /** Calls `stop` when serverless-offline shuts down, which then waits for it before it ends the process. */
  onShutdown(stop: () => Promise<void>): void;
}

/**
 * Runs functions as serverless-offline runs them: same options, same worker threads, same timeout, in a pool of our
 * own. `options` are the command line's.
 */
export async function createOfflineInvoker(
  serverless: Serverless,
  options: Record<string, unknown>,
): Promise<OfflineInvoker> {
  const resolve = createRequire(join(serverless.serviceDir, 'package.json')).resolve;
  const { default: Lambda }: OfflineModule = await import(pathToFileURL(resolve('serverless-offline/lambda')).href);
  const custom = asObject(serverless.service.custom?.['serverless-offline']);
  const offlineOptions = { ...OFFLINE_DEFAULTS, ...custom, ...options };
  const lambda = new Lambda(serverless, offlineOptions);
  lambda.create(
    serverless.service.getAllFunctions().map((functionKey) => ({
      functionKey,
      functionDefinition: serverless.service.getFunction(functionKey),
    })),
  );
  const workers = watchWorkers(offlineOptions.useInProcess);
  return {
    async invoke({ functionKey }, event) {
      const instance = lambda.get(functionKey);
      // No await between the two: the instance turns busy in runHandler, and could be given away before.
      instance.setEvent(event);
      return workers.guard(instance, () => instance.runHandler());
    },
    async close() {
      workers.stop();
      workers.interrupt();
      await lambda.cleanup();
    },
    async reload() {
      workers.interrupt();
      await lambda.cleanup();
    },
    onShutdown(stop) {
      // `sls offline` has no hook at its end. It stops its own `Lambda` then, and only then, and awaits that.
      const { stop: stopLambda } = Lambda.prototype;
      Lambda.prototype.stop = async function (timeoutMs) {
        await stop();
        await stopLambda.call(this, timeoutMs);
      };
    },
  };
}

/**
 * serverless-offline neither listens for its workers' errors nor for their exit: an uncaught asynchronous error in a
 * handler would end this process, and `process.exit` in one would leave the invocation open until its timeout. We find
 * each worker through the process's `worker` event, in the asynchronous context of the invocation that started it.
 */
function watchWorkers(isInProcess: boolean) {
  const context = new AsyncLocalStorage<OfflineFunction>();
  const rejectRunning = new Map<OfflineFunction, (error: Error) => void>();
  const interrupted = new WeakSet<OfflineFunction>();
  const onWorker = (worker: Worker) => {
    const instance = context.getStore();
    // In process, a worker is the handler's own affair.
    if (!instance || isInProcess) return;
    const fail = (error: Error) => rejectRunning.get(instance)?.(error);
    worker.once('error', fail);
    worker.once('exit', (code) => {
      // After a timeout serverless-offline ends the worker itself, and its own error says more than the exit code.
      setImmediate(fail, new Error(`the function's worker exited with code ${code}`));
      instance.cleanup().catch(fail);
    });
  };
  process.on('worker', onWorker);
  return {
    stop: () => process.off('worker', onWorker),
    /** What runs now is about to be ended by us: that it fails is not the function's fault. */
    interrupt: () => {
      for (const instance of rejectRunning.keys()) interrupted.add(instance);
    },
    guard: (instance: OfflineFunction, run: () => Promise<unknown>) =>
      new Promise<unknown>((resolve, reject) => {
        rejectRunning.set(instance, reject);
        context.run(instance, run).then(resolve, reject);
      })
        .catch((error: unknown) => {
          if (interrupted.has(instance)) throw new Error('the function was stopped to be loaded anew');
          const { error: message, error_type: name } = describeError(error);
          throw new FunctionError(message, name);
        })
        .finally(() => rejectRunning.delete(instance)),
  };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
