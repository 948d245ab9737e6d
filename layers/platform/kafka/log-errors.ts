import { TidemarkError } from '../errors.ts';

/** The log does not hold the offset (any more): it expired, or the topic was truncated or made anew. */
export class OffsetOutOfRange extends TidemarkError {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** The first offset that the log holds. */
  readonly logStart: number;
  /** The first offset that the log does not hold yet. */
  readonly highWatermark: number;

  constructor(at: { topic: string; partition: number; offset: number; logStart: number; highWatermark: number }) {
    super(`${at.topic}-${at.partition} holds ${at.logStart} up to ${at.highWatermark}, and not ${at.offset}`, {
      retryable: false,
    });
    this.topic = at.topic;
    this.partition = at.partition;
    this.offset = at.offset;
    this.logStart = at.logStart;
    this.highWatermark = at.highWatermark;
  }
}

/** Kafka did not answer, or did not have what we asked for, for as long as we try. */
export class KafkaUnavailable extends TidemarkError {
  constructor(message: string, cause: unknown) {
    super(message, { retryable: true, cause, part: 'Kafka' });
  }
}

/** The brokers know no such topic. */
export class UnknownTopic extends TidemarkError {
  readonly topic: string;

  constructor(topic: string, cause: unknown) {
    super(`there is no topic ${topic}`, { retryable: false, cause });
    this.topic = topic;
  }
}

/** Another writer of the same id has taken over, or this one paused inside a transaction until Kafka aborted it. */
export class WriterFenced extends TidemarkError {
  constructor(id: string, cause: unknown) {
    super(`${id}: another run has taken over, or this one stood still for too long; what it had begun is undone`, {
      retryable: false,
      cause,
    });
  }
}
