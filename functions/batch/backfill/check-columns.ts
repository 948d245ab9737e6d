import type { Stream } from '@tidemark/domains/stream';
import { z } from 'zod';
import { fieldOf, type Mapping } from './write-value.ts';

/**
 * Checks the columns of a table before its first record is in the topic: with one that is missing or misnamed, every
 * record would be a dead letter.
 *
 * @throws Error that names the column
 */
export function checkColumns(stream: Stream, columns: readonly string[], mapping: Mapping): void {
  const { properties = {}, required = [] } = z.toJSONSchema(stream.schema, { io: 'input' });
  const has = `its columns are ${columns.map((column) => `"${column}"`).join(', ')}`;
  for (const [column, field] of Object.entries(mapping)) {
    if (!columns.includes(column)) throw new Error(`there is no column "${column}" to become ${field}: ${has}`);
  }
  for (const field of Object.keys(properties)) {
    const sources = columns.filter((column) => fieldOf(mapping, column) === field);
    if (sources.length > 1) throw new Error(`more than one column becomes ${field}: ${has}`);
    if (sources.length === 0 && required.includes(field)) {
      throw new Error(`no column becomes ${field}, which every event of ${stream.name} has: ${has}`);
    }
  }
}
