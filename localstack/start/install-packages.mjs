import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { acquireLock } from './lock-file.mjs';
import { runChild } from './run-child.mjs';

const LOCKFILE = 'package-lock.json';
const STAMP = join('node_modules', '.installed-package-lock-sha256');

/**
 * Installs the npm packages that package-lock.json names, if any of them is missing or of another version. Two at once
 * are safe: the second waits for the first, and then finds nothing to do.
 *
 * @throws Error with `isForPeople` when npm fails.
 */
export async function installPackages(root) {
  if (arePackagesInstalled(root)) return;
  const lock = await waitForLock(join(root, '.tidemark', 'npm-install.lock'));
  try {
    if (!arePackagesInstalled(root)) await installFromLockfile(root);
  } finally {
    lock.release();
  }
}

/**
 * Whether we installed this very package-lock.json, or npm's own record of what it installed says the same as it
 * (somebody ran npm by hand). Both are written last: an interrupted installation has neither. Packages for other
 * platforms are optional, and missing rightly.
 */
export function arePackagesInstalled(root) {
  if (readIfThere(join(root, STAMP)) === hashLockfile(root)) return true;
  const wanted = readPackages(join(root, LOCKFILE));
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path]) => path.startsWith('node_modules/'))
    .every(([path, { version, integrity, optional }]) => {
      const found = installed[path];
      return found === undefined ? optional === true : found.version === version && found.integrity === integrity;
    });
}

/** Remembers that what package-lock.json asks for is there, though it may name packages that nothing needs. */
export function stampInstalled(root) {
  writeFileSync(join(root, STAMP), hashLockfile(root));
}

function hashLockfile(root) {
  return createHash('sha256')
    .update(readIfThere(join(root, LOCKFILE)) ?? '')
    .digest('hex');
}

function readPackages(lockfile) {
  return JSON.parse(readIfThere(lockfile) ?? '{"packages":{}}').packages;
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

async function waitForLock(path) {
  let hasSaidSo = false;
  for (;;) {
    const attempt = acquireLock(path);
    if (attempt.release !== undefined) return attempt;
    if (!hasSaidSo) console.log(`packages     waiting for process ${attempt.heldBy}, which is installing npm packages`);
    hasSaidSo = true;
    await sleep(200);
  }
}

async function installFromLockfile(root) {
  console.log('packages     installing the npm packages of package-lock.json (about a minute, once)');
  const startedAt = Date.now();
  const npm = process.env.npm_execpath;
  const [command, ...prefix] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const exitCode = await runChild(command, [...prefix, 'ci', '--no-audit', '--no-fund'], { cwd: root });
  if (exitCode !== 0) {
    const error = new Error(
      `The npm packages could not be installed (npm ci ended with ${exitCode}): ` +
        "read npm's message above, check the network or the registry (`npm ping`), and try again.",
    );
    throw Object.assign(error, { isForPeople: true });
  }
  stampInstalled(root);
  console.log(`packages     installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}
