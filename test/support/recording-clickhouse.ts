import type { ClickHouse, Row } from '../../layers/platform/clickhouse.ts';

/** A ClickHouse that notes what it is told and answers queries from a list. */
export interface RecordingClickHouse extends ClickHouse {
  readonly commands: string[];
  readonly inserts: { readonly table: string; readonly columns: readonly string[]; readonly rows: readonly Row[] }[];
}

/** @param answers rows by a part of the query's text; a query that matches none has no rows */
export function createRecordingClickHouse(
  answers: Readonly<Record<string, readonly unknown[]>> = {},
): RecordingClickHouse {
  const commands: string[] = [];
  const inserts: RecordingClickHouse['inserts'] = [];
  return {
    commands,
    inserts,
    query: async <T>(sql: string) => {
      const part = Object.keys(answers).find((candidate) => sql.includes(candidate));
      return { rows: (part === undefined ? [] : [...(answers[part] ?? [])]) as T[], rowsRead: 0 };
    },
    command: async (sql) => {
      commands.push(sql);
    },
    insert: async (table, columns, rows) => {
      if (rows.length > 0) inserts.push({ table, columns, rows });
    },
    close: async () => {},
  };
}
