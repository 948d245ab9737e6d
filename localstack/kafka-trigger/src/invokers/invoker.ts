import type { LambdaKafkaEvent } from '../core/event.ts';

/** The function itself failed: it threw, exited or ran out of time. Only that counts as a retry, and halves batches. */
export class FunctionError extends Error {
  /** `name` is that of the error which the function threw. */
  constructor(message: string, name = 'FunctionError') {
    super(message);
    this.name = name;
  }
}

/** Runs a function with an event; how and where is the implementation's. */
export interface Invoker {
  /**
   * Resolves with the function's response once it succeeded. Rejects with a `FunctionError` if the function failed, and
   * with any other error if it could not be run: the batch is not done.
   */
  invoke(target: InvocationTarget, event: LambdaKafkaEvent): Promise<unknown>;
  /** Ends what the invoker started; called once, after the last invocation. */
  close(): Promise<void>;
}

export interface InvocationTarget {
  functionKey: string;
  /** As the Invoke API takes it: name or ARN. */
  functionName: string;
  functionTimeoutMs: number;
}
