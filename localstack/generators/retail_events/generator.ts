import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { DomainGenerator, HistoryOptions, LiveOptions } from '../domain-generator.ts';
import type { StreamEvent } from '../producing/message.ts';
import { shareOut, spreadMoments } from '../share-out.ts';
import { weighHour } from './seasons.ts';
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
  for (const hour of shareOut(count, fromMs, untilMs, weighHour)) {
    for (const atMs of spreadMoments(hour, transactions.random)) {
      yield { stream: retailEvents, event: transactions.next(atMs) };
    }
  }
}
