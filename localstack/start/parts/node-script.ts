/** Node's arguments for a TypeScript file of this checkout, run from its root. */
export function runTypeScript(file: string, ...args: string[]): string[] {
  return ['--import', 'tsx', '--import', './localstack/sql-as-text.mjs', file, ...args];
}

/** Whether a URL answers with success within two seconds. */
export async function doesAnswer(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok;
}
