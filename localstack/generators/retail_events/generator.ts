import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { DomainGenerator, HistoryOptions, LiveOptions } from '../domain-generator.ts';
import type { StreamEvent } from '../producing/message.ts';
import { shareOut } from './seasons.ts';
import { createTransactionSource } from './transactions.ts';

/** Ten stores that sell, take back and restock sixty products. */
export const retailEventsGenerator: DomainGenerator = {
  domain: 'retail_events',
  description: 'sales, returns and restocks (90/7/3) of 60 products in 10 stores',
  liveEventsPerSecond: 2,
  historyEventsPerMonth: 100_000,
  generateLive,
  generateHistory,
};

function* generateLive({ seed, now }: LiveOptions): Generator<StreamEvent> {
  const transactions = createTransactionSource(seed);
  while (true) yield { stream: retailEvents, event: transactions.next(now()) };
}

function* generateHistory({ seed, fromMs, untilMs, count }: HistoryOptions): Generator<StreamEvent> {
  const transactions = createTransactionSource(seed);
  for (const hour of shareOut(count, fromMs, untilMs)) {
    const lengthMs = hour.untilMs - hour.fromMs;
    const moments = Array.from({ length: hour.count }, () => hour.fromMs + transactions.random() * lengthMs);
    for (const atMs of moments.sort((a, b) => a - b)) yield { stream: retailEvents, event: transactions.next(atMs) };
  }
}
