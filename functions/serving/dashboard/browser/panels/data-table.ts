import { type Child, element } from '../dom.ts';

export interface TableColumn<Row> {
  label: string;
  /** `number` for figures; `wide-only` where narrow screens fold the cell into another. */
  class?: string;
  draw: (row: Row) => Child | Child[];
}

export interface TableOptions<Row> {
  /** What the table holds, for those who do not see it. */
  title: string;
  class?: string;
  columns: readonly TableColumn<Row>[];
  /** A class for rows that stand out. */
  classOf?: (row: Row) => string | undefined;
}

/**
 * A table that scrolls sideways inside its panel. The roles keep it a table for screen readers where a style sheet
 * lays its rows out as a grid.
 */
export function drawTable<Row>({ title, columns, ...options }: TableOptions<Row>, rows: readonly Row[]): HTMLElement {
  const heads = columns.map((column) =>
    element('th', { role: 'columnheader', scope: 'col', class: column.class }, column.label),
  );
  const drawRow = (row: Row) =>
    element(
      'tr',
      { role: 'row', class: options.classOf?.(row) },
      ...columns.map((column) => element('td', { role: 'cell', class: column.class }, ...[column.draw(row)].flat())),
    );
  const table = element(
    'table',
    { class: options.class, role: 'table' },
    element('caption', { class: 'visually-hidden' }, title),
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...heads)),
    element('tbody', { role: 'rowgroup' }, ...rows.map(drawRow)),
  );
  return element(
    'div',
    { class: 'table-scroll', tabindex: 0, role: 'group', 'aria-label': title, 'data-focus': title },
    table,
  );
}
