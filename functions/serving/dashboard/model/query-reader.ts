import type { z } from 'zod';
import type { GetJson } from './api.ts';
import type { Answer } from './contract.ts';

/** Asks a query of one domain by its name, which says what a row of the answer is. */
export type ReadQuery<Rows extends Record<string, z.ZodType>> = <Name extends keyof Rows & string>(
  query: Name,
  parameters?: Record<string, string | number>,
) => Promise<Answer<z.infer<Rows[Name]>>>;

/** `Rows` are the domain's declared rows, by the name of the query. */
export function createQueryReader<Rows extends Record<string, z.ZodType>>(
  getJson: GetJson,
  domain: string,
): ReadQuery<Rows> {
  return (query, parameters) => getJson(`v1/queries/${domain}/${query}`, parameters);
}
