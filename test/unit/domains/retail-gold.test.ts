import { expect, it } from '@jest/globals';
import { hotColumnsOf, toHotRow } from '@tidemark/domains/hot-row';
import { retailEventsDomain } from '@tidemark/domains/retail_events/domain';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import { renderTemplate } from '../../../layers/platform/render-template.ts';
import { setUpSchema } from '../../../localstack/start/set-up-stack.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';
import { runInClickHouse } from '../../support/run-in-clickhouse.ts';

const HOT = 'retail.retail_events_realtime';
/** The bounds of the schema: the most units at nearly the highest price, to its last decimal. */
const LARGEST = { quantity: 1_000_000, unit_price: 9_999_999.9999 };
const REVENUE_OF_ONE = 9_999_999_999_900n;

it('sums the largest values that are judged valid to the last digit', async () => {
  const events = 1000;
  const schema = createRecordingClickHouse();
  await setUpSchema(schema);
  const rows = Array.from({ length: events }, (_, offset) =>
    toHotRow(
      retailEvents,
      {
        event_time: '2026-11-21 12:00:00',
        store_id: 1,
        product_id: 'Laptop',
        category: 'Electronics',
        transaction_type: 'SALE',
        ...LARGEST,
      },
      { partition: 0, offset, timestamp: Date.UTC(2026, 10, 21, 12) },
    ),
  );
  const gold = (retailEventsDomain.streams[0]?.gold ?? []).map(
    ({ contribution }) =>
      `SELECT toString(sum(total_revenue)) AS revenue FROM (${renderTemplate(contribution, { events: HOT, range: 'true' })})`,
  );
  const answers = await runInClickHouse([
    ...schema.commands,
    `INSERT INTO ${HOT} (${hotColumnsOf(retailEvents).join(', ')}) FORMAT JSONCompactEachRow ${rows.map((row) => JSON.stringify(row)).join('\n')}`,
    ...gold,
    'SELECT toString(sum(total_revenue)) AS revenue FROM retail.sales_by_store',
  ]);

  const revenues = answers.slice(-gold.length - 1).map((answer) => answer?.data[0]?.revenue);
  expect(revenues).toHaveLength(4);
  expect(new Set(revenues)).toEqual(new Set([String(REVENUE_OF_ONE * BigInt(events))]));
}, 60_000);
