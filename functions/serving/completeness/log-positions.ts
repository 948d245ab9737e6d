import type { Stream } from '@tidemark/domains/stream';
import { answerWithin } from '@tidemark/platform/answer-within';
import type { OpenKafka } from '@tidemark/platform/connections';
import type { Log } from '@tidemark/platform/log';
import { POSITIONS_TIMEOUT_MS } from '../time-limits.ts';

/** Where one partition of a stream's topic stands. */
export interface LogPosition {
  readonly partition: number;
  readonly logStart: number;
  /** End of the committed records. */
  readonly end: number;
  /** Of the trigger's group; null before its first commit. */
  readonly committed: number | null;
  readonly lagRecords: number;
}

export type ReadLogPositions = (stream: Stream) => Promise<readonly LogPosition[] | undefined>;

/**
 * Makes the function that asks Kafka where a stream stands. It gives undefined where Kafka does not answer: the data is
 * as right as ever, only nobody knows how far behind it is.
 */
export function createLogPositions(openKafka: OpenKafka, log: Log): ReadLogPositions {
  return async function readLogPositions({ name, topic, consumerGroup }) {
    try {
      const [offsets, committed] = await answerWithin(POSITIONS_TIMEOUT_MS, async () => {
        const kafka = await openKafka();
        return Promise.all([kafka.offsets(topic), kafka.committed(consumerGroup, topic)]);
      });
      return offsets.map(({ partition, logStart, lastStable }) => ({
        partition,
        logStart,
        end: lastStable,
        committed: committed.get(partition) ?? null,
        lagRecords: Math.max(0, lastStable - Math.max(committed.get(partition) ?? logStart, logStart)),
      }));
    } catch (error) {
      log.warn('Kafka does not say where the stream stands', { stream: name, error: String(error) });
      return undefined;
    }
  };
}
