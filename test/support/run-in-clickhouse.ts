import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** ClickHouse's `JSON` format, as far as tests look at it. */
export interface ClickHouseAnswer {
  data: Record<string, unknown>[];
}

const SCRIPT = fileURLToPath(new URL('./run-in-clickhouse.mjs', import.meta.url));

/** Runs statements one after the other in a ClickHouse of their own; null where one has no result. */
export async function runInClickHouse(statements: readonly string[]): Promise<(ClickHouseAnswer | null)[]> {
  return (await run(statements, [])) as (ClickHouseAnswer | null)[];
}

/** Does the same, and goes on after a statement that fails: what ClickHouse said stands in its place. */
export async function tryInClickHouse(
  statements: readonly string[],
): Promise<(ClickHouseAnswer | { readonly error: string } | null)[]> {
  return (await run(statements, ['--continue'])) as (ClickHouseAnswer | { error: string } | null)[];
}

async function run(statements: readonly string[], options: readonly string[]): Promise<unknown[]> {
  const child = spawn(process.execPath, [SCRIPT, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(statements));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(`ClickHouse said: ${errors}`);
  return JSON.parse(output) as unknown[];
}
