import { createJudge } from '@tidemark/domains/judge';
import type { ReasonCode } from '@tidemark/domains/reason-codes';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import { type Message, toMessage } from '../../generators/producing/message.ts';
import { formatCount } from '../../generators/producing/progress.ts';
import type { Dataset, DatasetRun } from '../dataset.ts';
import { mapRow } from './map-row.ts';
import { ROW_COUNT, readRows } from './read-rows.ts';

/** UCI "Online Retail": every row becomes one retail event, and what is wrong with it stays wrong. */
export const onlineRetail: Dataset = {
  name: 'online-retail',
  description: '541,909 real sales and returns of a British gift shop, 2010-12-01 to 2011-12-09, into retail_events',
  eventCount: ROW_COUNT,
  topics: [retailEvents.topic],
  open,
};

function open(): DatasetRun {
  const typeCounts = new Map<string, number>();
  const reasonCounts = new Map<ReasonCode, number>();
  const judge = createJudge(retailEvents);

  async function* writeMessages(): AsyncGenerator<Message> {
    let rowNumber = 0;
    for await (const row of readRows()) {
      rowNumber += 1;
      const event = mapRow(row, rowNumber);
      const message = toMessage({ stream: retailEvents, event });
      const verdict = judge({ key: null, value: message.value, headers: [], timestamp: Date.now() });
      addOne(typeCounts, event.transaction_type);
      if (!verdict.isValid) addOne(reasonCounts, verdict.reason);
      yield message;
    }
  }

  return {
    messages: writeMessages(),
    summarize: () => [
      `transactions: ${list(typeCounts)}`,
      `dead letters to expect: ${reasonCounts.size === 0 ? 'none' : list(reasonCounts)}`,
    ],
  };
}

function addOne<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function list(counts: ReadonlyMap<string, number>): string {
  return Array.from(counts, ([name, count]) => `${formatCount(count)} ${name}`).join(', ');
}
