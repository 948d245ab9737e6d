import { streams } from '@tidemark/domains/index';
import { answerWithin } from '@tidemark/platform/answer-within';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import type { Clock } from '@tidemark/platform/clock';
import type { OpenKafka } from '@tidemark/platform/connections';
import type { ObjectStore } from '@tidemark/platform/object-store';
import type { TriggerStatus } from '@tidemark/platform/trigger-status';
import { HEALTH_TIMEOUT_MS } from '../time-limits.ts';
import type { PartHealth } from './schemas.ts';

export interface HealthDependencies {
  readonly clickhouse: ClickHouse;
  readonly openKafka: OpenKafka;
  readonly store: ObjectStore;
  /** Undefined where the trigger is not ours to ask. */
  readonly askTrigger: ((signal: AbortSignal) => Promise<TriggerStatus>) | undefined;
  readonly clock: Clock;
}

/** Asks each part for the least that proves it serves us; one that stands still is down as well. */
export async function checkHealth(deps: HealthDependencies): Promise<PartHealth[]> {
  const { clickhouse, openKafka, store, askTrigger, clock } = deps;
  const check = async (
    name: PartHealth['name'],
    ask: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<PartHealth> => {
    const startedAtMs = clock();
    try {
      await answerWithin(HEALTH_TIMEOUT_MS, ask);
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
    ...(askTrigger ? [check('trigger', async (signal) => expectConnected(await askTrigger(signal)))] : []),
  ]);
}

function expectConnected({ mappings }: TriggerStatus): void {
  const away = mappings.filter(({ isConnected }) => !isConnected);
  if (away.length === 0) return;
  const reasons = away.map(({ function: name, lastError }) => (lastError ? `${name} (${lastError})` : name));
  throw new Error(`not connected to Kafka: ${reasons.join(', ')}`);
}
