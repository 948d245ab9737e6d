import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkPort } from '../../../localstack/start/checks/check-ports.ts';
import { checkDiskSpace, checkStateDirectory } from '../../../localstack/start/checks/check-state.ts';
import { checkJava, checkPython } from '../../../localstack/start/checks/check-tools.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidemark-checks-'));
});

afterEach(() => rm(directory, { recursive: true }));

describe('before a start', () => {
  it('a busy port is told with its holder and the variable that changes it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };

    expect(await checkPort({ name: 'clickhouse', port })).toMatch(
      new RegExp(
        `^Port ${port} is taken by .+ \\(process ${process.pid}\\): .*set CLICKHOUSE_PORT to another port\\.$`,
      ),
    );

    server.close();
    await once(server, 'close');
    expect(await checkPort({ name: 'clickhouse', port })).toBeUndefined();
  });

  it('a missing Java is told with how to get one', async () => {
    expect(await checkJava({ PATH: directory })).toMatch(/^Kafka needs Java 17 or newer, and none was found: install/);
  });

  it('an old Java is told with its version', async () => {
    await installFake('java', 'echo \'openjdk version "1.8.0_392"\' >&2');

    expect(await checkJava({ PATH: directory })).toMatch(/only Java 8 was found/);
  });

  it('the Java of JAVA_HOME counts before the one on the path', async () => {
    await installFake('java', 'echo \'java version "11.0.2"\' >&2');
    await mkdir(join(directory, 'home'));
    await installFake('home/bin/java', 'echo \'openjdk version "21.0.1"\' >&2');

    expect(await checkJava({ PATH: directory, JAVA_HOME: join(directory, 'home') })).toBeUndefined();
  });

  it('a missing Python is told', async () => {
    expect(await checkPython({ PATH: directory })).toMatch(
      /^The emulator needs Python 3\.10 or newer, and `python3` was not/,
    );
  });

  it('an old Python is told with its version', async () => {
    await installFake('python3', 'echo 3.9; echo venv');

    expect(await checkPython({ PATH: directory })).toMatch(/`python3` is 3\.9: install a newer one/);
  });

  it('a Python without venv is told', async () => {
    await installFake('python3', 'echo 3.12; exit 1');

    expect(await checkPython({ PATH: directory })).toMatch(/with its venv module, which this `python3` lacks/);
  });

  it('a disk with too little space is told with what it has', async () => {
    expect(await checkDiskSpace(directory, 1e18)).toMatch(/has \d+\.\d GB free and Tidemark needs 1000000000\.0 GB/);
    expect(await checkDiskSpace(directory, 1)).toBeUndefined();
  });

  it.each(['/proc/tidemark/state', '/dev/null/state', '/dev/null'])(
    'a state that cannot lie in %s is told',
    async (path) => {
      expect(await checkStateDirectory(path)).toMatch(/cannot be written \(E[A-Z]+\): .*set TIDEMARK_STATE to another/);
    },
  );

  it('a state directory is made with its parents', async () => {
    expect(await checkStateDirectory(join(directory, 'a', 'b'))).toBeUndefined();
    expect(await checkStateDirectory(join(directory, 'a', 'b'))).toBeUndefined();
  });
});

async function installFake(path: string, script: string): Promise<void> {
  const file = join(directory, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}
