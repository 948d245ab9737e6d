import type { Message } from '../generators/producing/message.ts';

/** Real data that can be streamed as events. */
export interface Dataset {
  readonly name: string;
  /** One line for `--help`. */
  readonly description: string;
  readonly eventCount: number;
  readonly topics: readonly string[];
  open(): DatasetRun;
}

/** One pass over a data set. */
export interface DatasetRun {
  /** In the data set's order; it ends by itself. */
  readonly messages: AsyncIterator<Message>;
  /** Lines about the messages that were taken up to now. */
  summarize(): readonly string[];
}
