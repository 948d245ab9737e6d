import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { domains } from '@tidemark/domains/index';
import fc from 'fast-check';
import { rebuildStream } from '../../../functions/batch/rebuild/rebuild-stream.ts';
import { recomputeGold } from '../../../functions/batch/refresh-gold/recompute-gold.ts';
import { type RealWorld, START_TIMEOUT_MS, startRealWorld, type World } from '../../support/real-world.ts';
import { poisonRecord, saleRecord } from '../../support/retail-records.ts';
import { isSoak } from '../../support/soak.ts';

/** Whatever happened before, and whenever it is done: a rebuild leaves every answer as it ought to be. */

const RUNS = isSoak ? 100 : 2;
const [domain] = domains;
if (domain === undefined) throw new Error('no domain');
const retail = domain;
const hotRetentionMs = 90 * 86_400_000;
const SECONDS_PER_DAY = 86_400;

type Step =
  | {
      readonly kind: 'produce';
      readonly partition: number;
      readonly records: readonly ('valid' | 'poison' | 'marker')[];
    }
  | { readonly kind: 'deliver' | 'compact' | 'refresh' | 'lose hot rows' | 'drop hot' | 'drop gold' }
  | { readonly kind: 'rebuild'; readonly what: 'hot' | 'gold' | 'views' | 'all' }
  | { readonly kind: 'recompute'; readonly day: number };

const record = fc.constantFrom('valid' as const, 'valid' as const, 'poison' as const, 'marker' as const);
const records = fc.array(record, { minLength: 1, maxLength: 6 });
const produce: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('produce'), partition: fc.nat(1), records });
const others: fc.Arbitrary<Step>[] = [
  fc.constantFrom<Step[]>({ kind: 'deliver' }, { kind: 'compact' }, { kind: 'refresh' }),
  fc.constantFrom<Step[]>({ kind: 'lose hot rows' }, { kind: 'drop hot' }, { kind: 'drop gold' }),
  fc.constantFrom('hot', 'gold', 'views', 'all').map((what) => ({ kind: 'rebuild', what })),
  fc.nat(2).map((day) => ({ kind: 'recompute', day })),
];
/** Each begins with records that are delivered and compacted, so that there is something to lose. */
const steps = fc
  .tuple(produce, fc.array(fc.oneof(produce, ...others), { minLength: 4, maxLength: 10 }))
  .map(([first, rest]): Step[] => [first, { kind: 'deliver' }, { kind: 'compact' }, ...rest]);

let real: RealWorld;

beforeAll(async () => {
  real = await startRealWorld();
}, START_TIMEOUT_MS);

afterAll(() => real?.stop(), 60_000);

describe('a rebuild', () => {
  it('after any history leaves unified, gold and the ledger as the produced records say', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const world = await real.reset({ partitions: 2 });
        let produced = 0;
        let valid = 0;
        for (const step of [...history, { kind: 'deliver' } as const]) {
          if (step.kind === 'produce') {
            for (const record of step.records) {
              const day = produced % 3;
              const slot = {
                valid: saleRecord(produced + day * SECONDS_PER_DAY),
                poison: poisonRecord(produced),
                marker: 'marker' as const,
              };
              world.produce(step.partition, [slot[record]]);
              produced += 1;
              if (record === 'valid') valid += 1;
            }
          } else await run(world, step);
        }

        const report = await rebuildStream(
          retail,
          world.declaration,
          { what: 'all', isDryRun: false, hotRetentionMs },
          world.deps,
        );

        const [counts] = await world.ask(
          `SELECT (SELECT count() FROM retail.retail_events_unified) AS unified,
             (SELECT uniqExact(product_id) FROM retail.retail_events_unified) AS products,
             (SELECT sum(transaction_count) FROM retail.daily_sales_summary) AS daily,
             (SELECT sum(transaction_count) FROM retail.hourly_sales_summary) AS hourly`,
        );
        expect(counts).toEqual({ unified: valid, products: valid, daily: valid, hourly: valid });
        expect(report.reconcile).toMatchObject({ is_clean: true });
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  }, 600_000);
});

async function run(world: World, step: Exclude<Step, { kind: 'produce' }>): Promise<void> {
  const hot = 'retail.retail_events_realtime';
  const rebuild = (what: 'hot' | 'gold' | 'views' | 'all') =>
    rebuildStream(retail, world.declaration, { what, isDryRun: false, hotRetentionMs }, world.deps);
  switch (step.kind) {
    case 'deliver':
      return world.deliverAll();
    case 'compact':
      await world.compact();
      return;
    case 'refresh':
      await world.refreshGold();
      return;
    case 'lose hot rows':
      return world.clickhouse.command(`DELETE FROM ${hot} WHERE _offset % 2 = 0`);
    case 'drop hot':
      await world.clickhouse.command(`DROP TABLE ${hot}`);
      await rebuild('hot');
      return;
    case 'drop gold':
      await world.clickhouse.command('DROP TABLE retail.daily_sales_summary_gold');
      await rebuild('gold');
      return;
    case 'rebuild':
      await rebuild(step.what);
      return;
    case 'recompute': {
      const date = `2026-11-${21 + step.day}`;
      await recomputeGold(world.declaration, { fromDate: date, toDate: date }, world.deps);
    }
  }
}
