import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { arePackagesInstalled, stampInstalled } from '../../../localstack/start/install-packages.mjs';

const WANTED = {
  '': { name: 'tidemark' },
  'layers/platform': { name: '@tidemark/platform' },
  'node_modules/@tidemark/platform': { resolved: 'layers/platform', link: true },
  'node_modules/tsx': { version: '4.0.0', integrity: 'sha512-a' },
  'node_modules/@esbuild/darwin-arm64': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tidemark-packages-'));
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: WANTED }));
});

afterEach(() => rm(root, { recursive: true }));

describe('whether the npm packages are installed', () => {
  it('is no on a fresh clone', () => {
    expect(arePackagesInstalled(root)).toBe(false);
  });

  it('is yes when every package is there, though those of other platforms are not', async () => {
    const { '': _, 'layers/platform': __, 'node_modules/@esbuild/darwin-arm64': ___, ...installed } = WANTED;
    await recordInstalled(installed);

    expect(arePackagesInstalled(root)).toBe(true);
  });

  it('is no when one has another version than the lockfile says', async () => {
    await recordInstalled({ ...WANTED, 'node_modules/tsx': { version: '3.9.0', integrity: 'sha512-a' } });

    expect(arePackagesInstalled(root)).toBe(false);
  });

  it('is no when a workspace is not linked yet', async () => {
    const { 'node_modules/@tidemark/platform': _, ...installed } = WANTED;
    await recordInstalled(installed);

    expect(arePackagesInstalled(root)).toBe(false);
  });

  it('is yes after our own installation, also where the lockfile names a package that nothing needs', async () => {
    const { 'node_modules/tsx': _, ...installed } = WANTED;
    await recordInstalled(installed);
    stampInstalled(root);

    expect(arePackagesInstalled(root)).toBe(true);
  });

  it('is no once the lockfile has changed since', async () => {
    const { 'node_modules/tsx': _, ...installed } = WANTED;
    await recordInstalled(installed);
    stampInstalled(root);
    const changed = { ...WANTED, 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-c' } };
    await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages: changed }));

    expect(arePackagesInstalled(root)).toBe(false);
  });
});

/** npm writes this file last. */
async function recordInstalled(packages: object): Promise<void> {
  await mkdir(join(root, 'node_modules'));
  await writeFile(join(root, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
}
