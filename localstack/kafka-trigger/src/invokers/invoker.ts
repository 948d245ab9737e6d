import type { LambdaKafkaEvent } from '../core/event.ts';

/** Runs a function with an event; how and where is the implementation's. */
export interface Invoker {
  /**
   * Resolves with the function's response once it succeeded. Rejects if the function threw, ran out of time, crashed,
   * or could not be reached: the batch is not done.
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
