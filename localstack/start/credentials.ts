import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './settings.ts';

export const PASSWORD_VARIABLES = [
  'CLICKHOUSE_ADMIN_PASSWORD',
  'CLICKHOUSE_INGEST_PASSWORD',
  'CLICKHOUSE_QUERY_PASSWORD',
] as const;

/** The passwords of ClickHouse's users `admin`, `ingest` and `query`, by the variable that overrides each. */
export type Credentials = Readonly<Record<(typeof PASSWORD_VARIABLES)[number], string>>;

/**
 * Passwords from the environment, else those of `<state>/credentials.env`, else new ones, which are then kept in that
 * file (mode 0600). A password that the environment gives is never written down.
 */
export async function loadCredentials(stateDir: string, env: Environment): Promise<Credentials> {
  const path = join(stateDir, 'credentials.env');
  const kept = await readKept(path);
  const missing = PASSWORD_VARIABLES.filter((name) => !kept[name]);
  if (missing.length > 0) {
    for (const name of missing) kept[name] = randomBytes(15).toString('base64url');
    await writeKept(path, kept);
  }
  const choose = (name: keyof Credentials): string => env[name] || (kept[name] as string);
  return {
    CLICKHOUSE_ADMIN_PASSWORD: choose('CLICKHOUSE_ADMIN_PASSWORD'),
    CLICKHOUSE_INGEST_PASSWORD: choose('CLICKHOUSE_INGEST_PASSWORD'),
    CLICKHOUSE_QUERY_PASSWORD: choose('CLICKHOUSE_QUERY_PASSWORD'),
  };
}

async function readKept(path: string): Promise<Record<string, string | undefined>> {
  try {
    return { ...parseEnv(await readFile(path, 'utf8')) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

async function writeKept(path: string, kept: Record<string, string | undefined>): Promise<void> {
  const lines = PASSWORD_VARIABLES.map((name) => `${name}=${kept[name]}`);
  const temporary = `${path}.${process.pid}`;
  await writeFile(
    temporary,
    `# ClickHouse's users on this machine. Delete the file to get new passwords.\n${lines.join('\n')}\n`,
  );
  await chmod(temporary, 0o600);
  await rename(temporary, path);
}
