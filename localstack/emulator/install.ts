import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@tidemark/platform/errors';
import { explainFailure, runCommand } from '../kafka/run-command.ts';

/** Together with cryptography, which its optional parts need. Never boto3 beside it: the versions fight. */
export const MINISTACK_VERSION = '1.5.33';
const PACKAGES = [`ministack==${MINISTACK_VERSION}`, 'cryptography'];

export interface EmulatorInstall {
  /** The Python of ministack's own virtual environment. */
  readonly python: string;
}

/**
 * Installs ministack (https://pypi.org/project/ministack/) into a virtual environment in the user's cache, once per
 * user. The environment is built aside and renamed into place, so an interrupted installation leaves nothing behind
 * that looks finished, and of two at once the first to finish wins.
 *
 * @throws ConfigError with pip's last words and the remedy when the package index does not answer.
 */
export async function installEmulator({
  cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark'),
  onProgress = (_line: string): void => {},
}: {
  cacheDir?: string;
  onProgress?: (line: string) => void;
} = {}): Promise<EmulatorInstall> {
  const home = join(cacheDir, `ministack-${MINISTACK_VERSION}`);
  const install = { python: join(home, 'bin', 'python') };
  if (await isUsable(install)) return install;
  onProgress(`installing ministack ${MINISTACK_VERSION} with pip (once per user)`);
  await mkdir(cacheDir, { recursive: true });
  const staging = await mkdtemp(`${home}.`);
  try {
    await runCommand('python3', ['-m', 'venv', staging]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES];
    await runCommand(join(staging, 'bin', 'python'), pip);
    await moveIntoPlace(staging, home, install);
  } catch (cause) {
    throw new ConfigError(
      `ministack could not be installed (${explainFailure(cause)}): check the network and pip's index (\`python3 -m pip ` +
        'config list`), or set S3_ENDPOINT to an S3-compatible store of yours.',
      cause,
    );
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return install;
}

/** A Python that was upgraded or removed leaves a virtual environment that no longer runs. */
async function isUsable({ python }: EmulatorInstall): Promise<boolean> {
  try {
    await access(python);
    await runCommand(python, ['-c', 'import ministack']);
    return true;
  } catch {
    return false; // whatever is wrong with it, a new one is the remedy
  }
}

async function moveIntoPlace(staging: string, home: string, install: EmulatorInstall): Promise<void> {
  if (await isUsable(install)) return;
  await rm(home, { recursive: true, force: true });
  try {
    await rename(staging, home);
  } catch (error) {
    if (!(await isUsable(install))) throw error;
  }
}
