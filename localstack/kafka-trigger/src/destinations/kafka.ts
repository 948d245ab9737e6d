import { type Kafka, Partitioners } from 'kafkajs';
import { buildFailureMessages, type FailureContext } from '../core/failure-record.ts';
import type { FailureSink } from './failure-sink.ts';

/** Sends each record with its failure to a topic of the same cluster, keyed as it was; without a key, in turns. */
export async function openKafkaSink(topic: string, kafka: Kafka, describe: () => FailureContext): Promise<FailureSink> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return {
    async send(batch) {
      // One message a send. kafkajs (2.2.4) loses part of a larger one whose partitions change their leaders meanwhile,
      // and a request must stay below `max.message.bytes`.
      for (const { key, value } of buildFailureMessages(batch, describe()))
        await producer.send({ topic, messages: [{ key, value: JSON.stringify(value) }] });
    },
    close: () => producer.disconnect(),
  };
}
