// npm run bench: what the stack does on this machine, in figures.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopOnSignal } from '../../localstack/start/stop-on-signal.ts';
import { isReached } from './figure.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { formatReport, readMachine } from './report.ts';
import { runBench } from './run-bench.ts';

const stopping = stopOnSignal();
try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else await run(options);
} catch (error) {
  if (!stopping.signal.aborted) console.error(error);
  process.exitCode = 1;
}
process.exit();

async function run({ events, jsonFile, keepState }: BenchOptions): Promise<void> {
  const machine = readMachine();
  const startedAtMs = performance.now();
  const secondsSoFar = () => Math.round((performance.now() - startedAtMs) / 1000);
  const note = (line: string) => console.error(`${String(secondsSoFar()).padStart(4)} s  ${line}`);
  const stateDir = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
  try {
    const { figures, bytesPerEvent } = await runBench({ events, stateDir, signal: stopping.signal, note });
    const conditions = { ...machine, events, bytesPerEvent, durationS: secondsSoFar() };
    console.log(`\n${formatReport(conditions, figures)}`);
    if (jsonFile === undefined) return;
    const judged = figures.map((figure) => ({ ...figure, reached: isReached(figure) }));
    await writeFile(jsonFile, `${JSON.stringify({ conditions, figures: judged }, null, 2)}\n`);
  } finally {
    if (keepState) console.error(`the state is in ${stateDir}`);
    else await rm(stateDir, { recursive: true, force: true });
  }
}
