import type { ClickHouse } from '../../layers/platform/clickhouse.ts';
import type { ObjectStore } from '../../layers/platform/object-store.ts';

/** Whatever the layers write to, beside Kafka. */
export interface Ports {
  readonly clickhouse: ClickHouse;
  readonly store: ObjectStore;
}

/** Stands between a run and its writes, which are numbered from 1 across both ports; deletions are writes. */
export type Intervention = <T>(number: number, write: () => Promise<T>) => Promise<T>;

export function interceptWrites({ clickhouse, store }: Ports, intervene: Intervention): Ports {
  let writes = 0;
  const attempt = <T>(write: () => Promise<T>): Promise<T> => {
    writes += 1;
    return intervene(writes, write);
  };
  return {
    clickhouse: {
      ...clickhouse,
      command: (sql, params) => attempt(() => clickhouse.command(sql, params)),
      insert: async (table, columns, rows) => {
        if (rows.length > 0) await attempt(() => clickhouse.insert(table, columns, rows));
      },
    },
    store: {
      ...store,
      put: (key, body) => attempt(() => store.put(key, body)),
      putIfAbsent: (key, body) => attempt(() => store.putIfAbsent(key, body)),
      delete: (key) => attempt(() => store.delete(key)),
    },
  };
}
