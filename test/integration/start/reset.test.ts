import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deleteState } from '../../../localstack/reset/delete-state.ts';
import { takeStateLock } from '../../../localstack/start/state-lock.ts';

let parent: string;
let stateDir: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tidemark-reset-'));
  stateDir = join(parent, 'state');
});

afterEach(() => rm(parent, { recursive: true }));

describe('a reset', () => {
  it('deletes the whole state', async () => {
    await mkdir(join(stateDir, 'run'), { recursive: true });
    await writeFile(join(stateDir, 'credentials.env'), '');

    expect(await deleteState(stateDir)).toBe(true);

    expect(existsSync(stateDir)).toBe(false);
  });

  it('finds nothing to do where there is no state', async () => {
    expect(await deleteState(stateDir)).toBe(false);
  });

  it('is refused while a stack runs', async () => {
    const lock = takeStateLock(stateDir);

    await expect(deleteState(stateDir)).rejects.toThrow('runs already');

    lock.release();
    expect(existsSync(stateDir)).toBe(true);
  });

  it('is refused on a directory that is not ours', async () => {
    await mkdir(stateDir);
    await writeFile(join(stateDir, 'thesis.tex'), '');

    await expect(deleteState(stateDir)).rejects.toThrow("does not look like Tidemark's state");

    expect(existsSync(join(stateDir, 'thesis.tex'))).toBe(true);
  });
});
