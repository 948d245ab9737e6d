import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort } from '../../support/find-free-ports.ts';
import { ClickHouseProcess, PASSWORDS } from './clickhouse-process.ts';

const run = promisify(execFile);
/** Downloads of the test's own, kept between runs. */
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tidemark', 'clickhouse-clients');
const INSTALL_TIMEOUT_MS = 300_000;

let clickhouse: ClickHouseProcess;

beforeAll(async () => {
  mkdirSync(CACHE, { recursive: true });
  clickhouse = new ClickHouseProcess(await findFreePort());
  await clickhouse.start();
  await clickhouse.query(
    'admin',
    'CREATE TABLE default.python (a Int32, s String, t DateTime) ENGINE = MergeTree ORDER BY a',
  );
  await clickhouse.query('admin', 'CREATE TABLE default.java (a Int32, s String) ENGINE = MergeTree ORDER BY a');
}, 90_000);

afterAll(async () => {
  await clickhouse.stop();
  clickhouse.removeState();
}, 60_000);

describe('unmodified clients', () => {
  it(
    'clickhouse-connect queries, streams, binds, inserts with every compression, and sees errors',
    async () => {
      const python = await installClickHouseConnect('1.12.0');
      const { stdout } = await run(python, [
        resolve('test/integration/clickhouse/clients/connect.py'),
        ...readArguments(),
      ]);
      expect(stdout.trim().split('\n')).toEqual([
        'admin rows [(0, 0.0), (1, 1.0), (2, 2.0)] bound 6 streamed 1000000 error 60',
        'query rows [(0, 0.0), (1, 1.0), (2, 2.0)] bound 6 streamed 1000000 error 60',
        'ingest rows [(0, 0.0), (1, 1.0), (2, 2.0)] bound 6 streamed 1000000 error 60',
        'inserted 4000',
        'query may not insert: 164',
      ]);
    },
    INSTALL_TIMEOUT_MS,
  );

  it(
    'the JDBC driver queries, prepares, reads metadata, inserts batches, and sees errors',
    async () => {
      const classpath = await resolveJdbcDriver('0.9.4');
      const program = resolve('test/integration/clickhouse/clients/Jdbc.java');
      const { stdout } = await run('java', ['-cp', classpath, program, ...readArguments()]);
      expect(stdout.trim().split('\n')).toEqual([
        "admin rows 3 prepared 5 it's columns a s streamed 499999500000",
        "query rows 3 prepared 5 it's columns a s streamed 499999500000",
        'inserted 12 48',
        'error UNKNOWN_TABLE',
        'query may not insert',
      ]);
    },
    INSTALL_TIMEOUT_MS,
  );

  it('curl queries and inserts', async () => {
    const url = `${clickhouse.url}/`;
    const admin = ['-sS', '--fail-with-body', '-u', `admin:${PASSWORDS.admin}`];
    const answer = await run('curl', [
      ...admin,
      '--compressed',
      `${url}?enable_http_compression=1`,
      '--data-binary',
      'SELECT 42',
    ]);
    expect(answer.stdout).toBe('42\n');
    await expect(run('curl', [...admin, url, '--data-binary', 'SELECT nothing'])).rejects.toMatchObject({ code: 22 });
  });
});

function readArguments(): string[] {
  return [String(clickhouse.port), PASSWORDS.admin, PASSWORDS.ingest, PASSWORDS.query];
}

async function installClickHouseConnect(version: string): Promise<string> {
  const environment = join(CACHE, `clickhouse-connect-${version}`);
  const python = join(environment, 'bin', 'python');
  const marker = join(environment, 'installed');
  if (!existsSync(marker)) {
    await run('python3', ['-m', 'venv', environment]);
    await run(python, ['-m', 'pip', 'install', '--quiet', `clickhouse-connect==${version}`]);
    writeFileSync(marker, '');
  }
  return python;
}

async function resolveJdbcDriver(version: string): Promise<string> {
  const folder = join(CACHE, `jdbc-${version}`);
  const output = join(folder, 'classpath.txt');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(output)) {
    const dependency = `<groupId>com.clickhouse</groupId><artifactId>clickhouse-jdbc</artifactId><version>${version}</version>`;
    writeFileSync(
      join(folder, 'pom.xml'),
      `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
       <groupId>tidemark</groupId><artifactId>jdbc</artifactId><version>1</version><packaging>pom</packaging>
       <dependencies><dependency>${dependency}</dependency></dependencies></project>`,
    );
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:build-classpath';
    await run('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), goal, `-Dmdep.outputFile=${output}`]);
  }
  return readFileSync(output, 'utf8').trim();
}
