import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const INSTALL_TIMEOUT_MS = 300_000;

/**
 * A Python interpreter that can import these packages, e.g. `pythonWith(['pyiceberg==0.11.*', 'pyarrow'])`.
 * Each set has a virtual environment of its own, made once per user under `~/.cache/tidemark/python-tests`.
 */
export async function pythonWith(requirements: readonly string[]): Promise<string> {
  const root = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tidemark', 'python-tests');
  const name = createHash('sha256')
    .update([...requirements].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
  const ready = join(root, name);
  if (!(await exists(ready))) await createEnvironment(root, ready, requirements);
  return join(ready, 'bin', 'python');
}

/** Builds aside and links at the end: a half-made environment is never found, and of two makers one wins. */
async function createEnvironment(root: string, ready: string, requirements: readonly string[]): Promise<void> {
  await mkdir(root, { recursive: true });
  const made = `${ready}-${randomUUID()}`;
  try {
    await run('python3', ['-m', 'venv', made], { timeout: INSTALL_TIMEOUT_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements];
    await run(join(made, 'bin', 'python'), pip, { timeout: INSTALL_TIMEOUT_MS });
    await symlink(made, `${made}.link`);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    throw error;
  }
  await rename(`${made}.link`, ready);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
