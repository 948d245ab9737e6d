import type { ClickHouse } from '../../layers/platform/clickhouse.ts';
import type { ObjectStore } from '../../layers/platform/object-store.ts';

/** Whatever the layers write to, beside Kafka. */
export interface Ports {
  readonly clickhouse: ClickHouse;
  readonly store: ObjectStore;
}

/** A write of a run, deletions among them: numbered from 1 across both ports; `target` is a key, a table or a statement. */
export interface Write {
  readonly number: number;
  readonly target: string;
}

/** Stands between a run and its writes. */
export type Intervention = <T>(write: Write, perform: () => Promise<T>) => Promise<T>;

export function interceptWrites({ clickhouse, store }: Ports, intervene: Intervention): Ports {
  let writes = 0;
  const attempt = <T>(target: string, perform: () => Promise<T>): Promise<T> => {
    writes += 1;
    return intervene({ number: writes, target }, perform);
  };
  return {
    clickhouse: {
      ...clickhouse,
      command: (sql, params) => attempt(sql, () => clickhouse.command(sql, params)),
      insert: async (table, columns, rows) => {
        if (rows.length > 0) await attempt(table, () => clickhouse.insert(table, columns, rows));
      },
    },
    store: {
      ...store,
      put: (key, body) => attempt(key, () => store.put(key, body)),
      putIfAbsent: (key, body) => attempt(key, () => store.putIfAbsent(key, body)),
      delete: (key) => attempt(key, () => store.delete(key)),
    },
  };
}
