import type { Engine } from '../engine.ts';
import { isAllowedSystemTable } from './allow-lists.ts';

/** The databases and tables that existed at the last `refresh`; none before the first. */
export interface Catalog {
  /** Says whether `database.table` exists and may be read by everybody. */
  hasTable(qualifiedName: string): boolean;
  hasDatabase(name: string): boolean;
  refresh(): Promise<void>;
}

/**
 * A list of what exists is the allow-list of tables: in chdb the database `default` also has every file of the machine
 * as a table (`SELECT * FROM "/etc/passwd"`), and those are in no list.
 */
export function createCatalog(engine: Engine): Catalog {
  let tables = new Set<string>();
  let databases = new Set<string>();
  return {
    hasTable: (qualifiedName) => tables.has(qualifiedName),
    hasDatabase: (name) => databases.has(name),
    async refresh() {
      const result = await engine.run({
        sql: `SELECT name, '' FROM system.databases UNION ALL SELECT database, name FROM system.tables`,
        preparation: '',
        format: 'JSONCompactEachRow',
        isStateless: true,
      });
      const rows = result
        .text()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as [database: string, table: string]);
      databases = new Set(rows.map(([database]) => database));
      tables = new Set(rows.filter(isPublic).map(([database, table]) => `${database}.${table}`));
    },
  };
}

function isPublic([database, table]: [string, string]): boolean {
  return table !== '' && (database !== 'system' || isAllowedSystemTable(table));
}
