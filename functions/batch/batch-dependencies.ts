import { randomUUID } from 'node:crypto';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { systemClock } from '@tidemark/platform/clock';
import type { Config } from '@tidemark/platform/config';
import { openLake } from '@tidemark/platform/connections';
import { createLog } from '@tidemark/platform/log';

/** What the functions that write the lake or gold work with; `name` is theirs in the log. Nothing is connected yet. */
export function createBatchDependencies(config: Config, name: string) {
  return {
    clickhouse: createClickHouse(config, 'admin'),
    store: openLake(config),
    clock: systemClock,
    newId: randomUUID,
    log: createLog(name),
  };
}
