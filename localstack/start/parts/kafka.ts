import type { KafkaCommand } from '../../kafka/broker.ts';
import { isKafkaReady } from '../../kafka/readiness.ts';
import type { Part } from '../part.ts';
import { pickMatching } from './important-lines.ts';

export function buildKafkaPart(kafka: KafkaCommand, base: Record<string, string>): Part {
  return {
    name: 'kafka',
    command: kafka.command,
    args: kafka.args,
    env: { ...base, ...(kafka.env as Record<string, string>) },
    isReady: () => isKafkaReady(kafka.brokers),
    pickImportant: pickMatching(/ FATAL |fatal fault|Exiting Kafka/),
  };
}
