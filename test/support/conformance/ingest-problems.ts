import type { Stream } from '@tidemark/domains/stream';
import type { Surroundings } from './surroundings.ts';

/** What is wrong with the function that takes a stream's records: one, which reads the whole topic and leaves out none. */
export function findIngestProblems({ name, topic, consumerGroup }: Stream, { functions }: Surroundings): string[] {
  const ingests = Object.entries(functions).filter(([, { environment }]) => environment?.STREAM === name);
  const [first, ...others] = ingests;
  if (first === undefined)
    return [`${name}: the ingest function is missing: none in serverless.yml has STREAM: ${name}.`];
  if (others.length > 0)
    return [`${name}: serverless.yml has several ingest functions, ${ingests.map(([key]) => key).join(', ')}.`];
  const [key, { handler, events }] = first;
  const mapping = events?.[0]?.msk;
  if (mapping === undefined) return [`${name}: ${key} has no msk event, so nothing invokes it.`];
  return [
    ...(handler === 'functions/speed/ingest.handler' ? [] : [`${name}: ${key} has the handler ${handler}.`]),
    ...(topic === '' ? [] : compare(name, key, 'topic', mapping.topic, topic)),
    ...compare(name, key, 'consumerGroupId', mapping.consumerGroupId, consumerGroup),
    ...compare(name, key, 'startingPosition', mapping.startingPosition, 'TRIM_HORIZON'),
    ...(mapping.filterPatterns === undefined ? [] : [`${name}: ${key} filters records, which compaction does not.`]),
  ];
}

function compare(stream: string, key: string, setting: string, is: string | undefined, mustBe: string): string[] {
  if (is === mustBe) return [];
  return [`${stream}: ${key} has the ${setting} ${is ?? '(none)'}, and it must be ${mustBe}.`];
}
