import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { runToEnd } from '../support/run-command.ts';

it('a reload that interrupts a function is not its error, and the next invocation runs; one that throws is', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'kafka-trigger-reload-'));
  const args = ['--import', 'tsx', resolve(__dirname, '../support/offline-functions.ts')];
  const output = await runToEnd('node', args, { env: { STATE_DIR: stateDir } });
  await rm(stateDir, { recursive: true, force: true });
  expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toEqual({
    throwing: { isFunctionError: true, message: 'thrown on purpose' },
    reloaded: { isFunctionError: false, message: 'the function was stopped to be loaded anew' },
    again: 'success',
  });
}, 30_000);
