import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installPackages } from './install-packages.mjs';
import { runChild } from './run-child.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

const jest = 'jest/bin/jest.js';

/**
 * What each command runs once the packages are there: a TypeScript entry, or package binaries one after another. Where
 * `withArguments` stands, it runs instead of the steps as soon as there are arguments.
 */
const commands = {
  start: { entry: 'localstack/start/main.ts' },
  generate: { entry: 'localstack/generators/main.ts' },
  replay: { entry: 'localstack/replay/main.ts' },
  backfill: { entry: 'localstack/backfill/main.ts' },
  invoke: { entry: 'localstack/invoke/main.ts' },
  reconcile: { entry: 'localstack/reconcile/main.ts' },
  reset: { entry: 'localstack/reset/main.ts' },
  bench: { entry: 'test/bench/main.ts' },
  test: {
    steps: [
      [jest, '--selectProjects', 'unit', 'conformance', '--maxWorkers=2'],
      [jest, '--selectProjects', 'integration', '--maxWorkers=2'],
      // An engine for each stream, each living through histories for two minutes.
      [jest, '--selectProjects', 'model', '--maxWorkers=2'],
      // One stack at a time: two would wait for each other's processor.
      [jest, '--selectProjects', 'e2e', 'faults', 'timing', '--runInBand'],
    ],
    withArguments: [jest],
  },
  // All of what `npm test` takes a share of: see test/support/soak.ts.
  'test:soak': {
    environment: { TIDEMARK_SOAK: '1' },
    steps: [
      [jest, '--selectProjects', 'unit', 'integration', '--maxWorkers=2'],
      [jest, '--selectProjects', 'faults', 'model', '--runInBand'],
    ],
  },
  check: {
    steps: [
      ['@biomejs/biome/bin/biome', 'ci', '.'],
      ['typescript/bin/tsc', '--noEmit'],
      ['typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.browser.json'],
      [jest, '--selectProjects', 'unit', 'conformance', '--maxWorkers=2'],
    ],
  },
};

/** Installs what is missing, then runs the command. */
export async function runCommand(name, args) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined;
  if (command === undefined) throw createUnknownCommandError(name);
  await installPackages(root);
  process.chdir(root);
  // We support Node 20 by choice: the SDK's advice to leave it would stand in every terminal.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  Object.assign(process.env, command.environment);
  if (command.entry !== undefined) await runEntry(command.entry, args);
  else process.exitCode = await runSteps(chooseSteps(command, args));
}

/** Runs in this process: what signals it, signals the entry, and its exit code is ours. */
async function runEntry(entry, args) {
  const path = join(root, entry);
  process.argv.splice(1, process.argv.length, path, ...args);
  await import('tsx');
  await import('../sql-as-text.mjs');
  await import(pathToFileURL(path).href);
}

/** Arguments go to the last step, or to the one that stands for all. */
function chooseSteps({ steps, withArguments }, args) {
  if (args.length > 0 && withArguments !== undefined) return [[...withArguments, ...args]];
  return [...steps.slice(0, -1), [...steps.at(-1), ...args]];
}

async function runSteps(steps) {
  for (const [file, ...args] of steps) {
    const exitCode = await runChild(process.execPath, [join(root, 'node_modules', file), ...args]);
    if (exitCode !== 0) return exitCode;
  }
  return 0;
}

function createUnknownCommandError(name) {
  const known = Object.keys(commands).join(', ');
  return Object.assign(new Error(`Unknown command "${name}": one of ${known}.`), { isForPeople: true });
}
