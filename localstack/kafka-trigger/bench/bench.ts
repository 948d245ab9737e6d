// Records per second through the trigger and a no-op function, beside a plain kafkajs consumer of the same topic; and
// the latency that the trigger adds with a window of 0. Usage:
//   KAFKA_BROKERS=host:port node --import tsx localstack/kafka-trigger/bench/bench.ts [records]

import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { createProducer } from '@tidemark/platform/kafka/client';
import type { Admin, Kafka } from 'kafkajs';
import type { LambdaKafkaEvent } from '../src/core/event.ts';
import { RETRY_UNTIL_SUCCESS } from '../src/core/failure-policy.ts';
import { DEFAULT_WINDOW_MS } from '../src/core/limits.ts';
import type { Mapping } from '../src/core/mapping.ts';
import type { Invoker } from '../src/invokers/invoker.ts';
import { createClient } from '../src/kafka/client.ts';
import { createLog } from '../src/log.ts';
import { startTrigger } from '../src/trigger.ts';

const brokers = (process.env.KAFKA_BROKERS ?? '127.0.0.1:9092').split(',');
const total = Number(process.argv[2] ?? 1_000_000);
const PARTITIONS = 3;
const VALUE = Buffer.alloc(200, 'x');
const LATENCY_RATE = 500;
const LATENCY_SECONDS = 10;

const log = createLog({ isVerbose: false, write: () => {} });
const kafka = createClient({ brokers }, log);
const admin = kafka.admin();
await admin.connect();
const run = Date.now();
const topic = await createTopic(admin, `bench-${run}`);
await produce(kafka, topic, total);
console.log(`${total} records of ${VALUE.length} bytes, ${PARTITIONS} partitions\n`);

for (const round of [1, 2]) {
  report(`plain kafkajs consumer (${round})`, await consumePlainly(kafka, topic, `plain-${run}-${round}`));
  for (const batchSize of [10_000, 100]) {
    report(`trigger, function in process, batch ${batchSize} (${round})`, await drain(topic, batchSize, createNoop()));
  }
  report(`trigger, function in a worker, batch 10000 (${round})`, await drain(topic, 10_000, createWorkerNoop()));
}
for (const windowMs of [0, DEFAULT_WINDOW_MS]) {
  const [p50, p99] = await measureLatency(await createTopic(admin, `latency-${run}-${windowMs}`), windowMs);
  console.log(`latency at ${LATENCY_RATE}/s, window ${windowMs} ms: p50 ${p50} ms, p99 ${p99} ms`);
}
await admin.disconnect();

function report(name: string, durationMs: number): void {
  console.log(`${name.padEnd(55)} ${Math.round((total / durationMs) * 1000).toLocaleString('en')} records/s`);
}

async function createTopic(on: Admin, name: string): Promise<string> {
  await on.createTopics({
    topics: [{ topic: name, numPartitions: PARTITIONS, replicationFactor: 1 }],
    waitForLeaders: true,
  });
  return name;
}

async function produce(from: Kafka, to: string, count: number): Promise<void> {
  const producer = createProducer(from);
  await producer.connect();
  for (let sent = 0; sent < count; sent += 5_000) {
    const messages = Array.from({ length: Math.min(5_000, count - sent) }, (_, i) => ({
      value: VALUE,
      partition: i % PARTITIONS,
    }));
    await producer.send({ topic: to, messages });
  }
  await producer.disconnect();
}

async function consumePlainly(from: Kafka, of: string, groupId: string): Promise<number> {
  const consumer = from.consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: of, fromBeginning: true });
  let startedAtMs = 0;
  let seen = 0;
  const durationMs = await new Promise<number>((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          startedAtMs ||= performance.now();
          seen += batch.messages.length;
          if (seen >= total) resolve(performance.now() - startedAtMs);
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return durationMs;
}

async function drain(of: string, batchSize: number, invoker: Invoker): Promise<number> {
  let startedAtMs = 0;
  let seen = 0;
  let finish: (durationMs: number) => void = () => {};
  const drained = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const counting: Invoker = {
    close: () => invoker.close(),
    async invoke(target, event) {
      startedAtMs ||= performance.now();
      await invoker.invoke(target, event);
      for (const records of Object.values(event.records)) seen += records.length;
      if (seen >= total) finish(performance.now() - startedAtMs);
    },
  };
  const trigger = startTrigger({ mappings: [createMapping(of, batchSize, 500)], invoker: counting, log, brokers });
  const durationMs = await drained;
  await trigger.stop();
  return durationMs;
}

async function measureLatency(of: string, windowMs: number): Promise<[number, number]> {
  const latencies: number[] = [];
  const invoker: Invoker = {
    close: async () => {},
    async invoke(_target, event: LambdaKafkaEvent) {
      for (const records of Object.values(event.records)) {
        for (const { value } of records) {
          latencies.push(Date.now() - Number(Buffer.from(value ?? '', 'base64').toString()));
        }
      }
    },
  };
  const trigger = startTrigger({ mappings: [createMapping(of, 10_000, windowMs)], invoker, log, brokers });
  const producer = createProducer(kafka);
  await producer.connect();
  const endAtMs = Date.now() + LATENCY_SECONDS * 1000;
  while (Date.now() < endAtMs) {
    const sentAtMs = Date.now();
    const messages = Array.from({ length: 5 }, (_, i) => ({ value: String(sentAtMs), partition: i % PARTITIONS }));
    await producer.send({ topic: of, messages });
    await new Promise((resolve) => setTimeout(resolve, sentAtMs + 5_000 / LATENCY_RATE - Date.now()));
  }
  await producer.disconnect();
  await trigger.stop();
  // The first second holds the joining of the group.
  const sorted = latencies.slice(LATENCY_RATE).sort((a, b) => a - b);
  return [sorted[Math.floor(sorted.length * 0.5)] ?? 0, sorted[Math.floor(sorted.length * 0.99)] ?? 0];
}

function createMapping(of: string, batchSize: number, windowMs: number): Mapping {
  return {
    id: 'Bench',
    functionKey: 'noop',
    functionName: 'noop',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:noop',
    functionTimeoutMs: 60_000,
    source: { kind: 'msk', eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/bench/0' },
    access: [],
    topics: [of],
    consumerGroupId: `bench-${performance.now()}`,
    batchSize,
    windowMs,
    startingPosition: { kind: 'TRIM_HORIZON' },
    isEnabled: true,
    pollers: Number.POSITIVE_INFINITY,
    failurePolicy: RETRY_UNTIL_SUCCESS,
    failureDestination: undefined,
    filterPatterns: [],
  };
}

function createNoop(): Invoker {
  return { invoke: async () => undefined, close: async () => {} };
}

/** Hands each event to a worker thread that does nothing, as serverless-offline does with a function. */
function createWorkerNoop(): Invoker {
  const worker = new Worker(
    'require("worker_threads").parentPort.on("message", ({ port }) => port.postMessage(null))',
    {
      eval: true,
    },
  );
  return {
    invoke: async (_target, event) => {
      const { port1, port2 } = new MessageChannel();
      worker.postMessage({ event, port: port2 }, [port2]);
      await once(port1, 'message');
      port1.close();
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
