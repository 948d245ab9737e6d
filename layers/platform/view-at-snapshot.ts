import { renderTemplate } from './render-template.ts';

/** A published view as time travel reads it. */
export interface PinnableView {
  /** `database.view` */
  readonly name: string;
  /** Its `CREATE OR REPLACE VIEW`. */
  readonly template: string;
  /** Of a gold view: what events add to it. */
  readonly contribution?: string;
}

/** One snapshot of a stream's lake, and no hot rows. */
export interface LakeSnapshot {
  readonly snapshot: number;
  /** `lake.<table>`, which reads this snapshot. */
  readonly lakeTable: string;
  readonly stream: {
    readonly database: string;
    readonly hotTable: string;
    readonly columns: readonly { readonly name: string }[];
  };
}

/**
 * The SELECT of a published view as it would be over one snapshot alone: its own template, with the lake's rows, an empty
 * hot tail and, for gold, no segment, because what the lake contributes is computed from its rows.
 *
 * @throws Error where the template is no `CREATE OR REPLACE VIEW … SQL SECURITY DEFINER AS … COMMENT '…'`
 */
export function selectAtSnapshot(view: PinnableView, { snapshot, lakeTable, stream }: LakeSnapshot): string {
  const { name, template, contribution } = view;
  const select = VIEW_TEMPLATE.exec(template)?.[1];
  if (select === undefined) throw new Error(`the template of ${name} is not of the form ${VIEW_FORM}`);
  const columns = [...stream.columns.map((column) => `\`${column.name}\``), 'inserted_at'].join(', ');
  return renderTemplate(select, {
    snapshot: String(snapshot),
    lake_table: lakeTable,
    hot_events: `(SELECT ${columns} FROM ${stream.database}.${stream.hotTable} WHERE false)`,
    is_readable: 'true',
    segments: 'NULL',
    ...(contribution !== undefined && {
      hot_contribution: renderTemplate(contribution, { events: lakeTable, range: 'true' }),
    }),
  });
}

/**
 * Replaces each table that a statement reads (`FROM` or `JOIN database.table`) by what `resolve` gives for it; names
 * without a database are left alone.
 */
export function replaceTables(sql: string, resolve: (table: string) => string): string {
  const reference = /(?<!\bextract\(\s*\w+\s+)\b(FROM|JOIN)(\s+)([a-z_]\w*\.([a-z_]\w*))\b(?!\s*\()(\s+AS\b)?/gi;
  return sql.replace(
    reference,
    (_whole, keyword: string, space: string, table: string, name: string, alias?: string) => {
      return `${keyword}${space}(${resolve(table)})${alias ?? ` AS ${name}`}`;
    },
  );
}

/** Each `database.table` that a statement reads, once. */
export function findTables(sql: string): string[] {
  const tables = new Set<string>();
  replaceTables(withoutComments(sql), (table) => {
    tables.add(table);
    return '';
  });
  return [...tables];
}

/** Comments may say FROM, too. */
export function withoutComments(sql: string): string {
  return sql.replace(/^\s*--.*$/gm, '');
}

const VIEW_FORM = "CREATE OR REPLACE VIEW … SQL SECURITY DEFINER AS … COMMENT '…'";
const VIEW_TEMPLATE =
  /^CREATE OR REPLACE VIEW \S+ SQL SECURITY DEFINER AS\s+([\s\S]+?)\s+COMMENT '(?:[^'\\]|\\.|'')*'\s*;?\s*$/m;
