import { streams } from '@tidemark/domains/index';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import type { OpenKafka } from '@tidemark/platform/connections';
import type { ObjectStore } from '@tidemark/platform/object-store';
import type { PartHealth } from './schemas.ts';

export interface HealthDependencies {
  readonly clickhouse: ClickHouse;
  readonly openKafka: OpenKafka;
  readonly store: ObjectStore;
  readonly clock: Clock;
}

/** Asks each part for the least that proves it serves us. */
export async function checkHealth({ clickhouse, openKafka, store, clock }: HealthDependencies): Promise<PartHealth[]> {
  const check = async (name: PartHealth['name'], ask: () => Promise<unknown>): Promise<PartHealth> => {
    const startedAtMs = clock();
    try {
      await ask();
      return { name, status: 'ok', elapsed_ms: clock() - startedAtMs };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { name, status: 'down', elapsed_ms: clock() - startedAtMs, detail };
    }
  };
  return Promise.all([
    check('kafka', async () => {
      const kafka = await openKafka();
      return Promise.all(streams.map(({ topic }) => kafka.offsets(topic)));
    }),
    check('clickhouse', () => clickhouse.query('SELECT 1')),
    check('lake', () => store.exists('catalog/')),
  ]);
}
