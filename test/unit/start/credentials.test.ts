import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadCredentials } from '../../../localstack/start/credentials.ts';

let stateDir: string;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'tidemark-credentials-'));
});

afterEach(() => rm(stateDir, { recursive: true }));

describe('the passwords', () => {
  it('are made at the first start, differ, and stay', async () => {
    const first = await loadCredentials(stateDir, {});
    const second = await loadCredentials(stateDir, {});

    expect(second).toEqual(first);
    expect(new Set(Object.values(first)).size).toBe(3);
    expect(first.CLICKHOUSE_ADMIN_PASSWORD).toMatch(/^[\w-]{20}$/);
  });

  it('are for their owner alone', async () => {
    await loadCredentials(stateDir, {});

    expect((await stat(join(stateDir, 'credentials.env'))).mode & 0o777).toBe(0o600);
  });

  it('come from the environment where it has them, and are not written down then', async () => {
    const credentials = await loadCredentials(stateDir, { CLICKHOUSE_QUERY_PASSWORD: 'from-outside' });

    expect(credentials.CLICKHOUSE_QUERY_PASSWORD).toBe('from-outside');
    expect(await readFile(join(stateDir, 'credentials.env'), 'utf8')).not.toContain('from-outside');
  });
});
