/**
 * The laptop's ClickHouse: the embedded engine behind ClickHouse's HTTP interface.
 * Prints `ready http://127.0.0.1:<port>` when it serves; SIGTERM and SIGINT end it with exit code 0.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readConfig } from './config.ts';
import { ENGINE_THREADS } from './engine-threads.ts';
import { startService } from './service.ts';

process.env.TZ = 'UTC';
if (process.env.UV_THREADPOOL_SIZE === undefined) await runAgainWithThreads();
else await serve();

/** The pool's size is fixed when the loader first uses it, before this file runs: hence a child that starts with it. */
async function runAgainWithThreads(): Promise<void> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    env: { ...process.env, ...ENGINE_THREADS },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
}

async function serve(): Promise<void> {
  try {
    const service = await startService(readConfig(process.env));
    const stop = () => void service.stop().finally(() => process.exit(0));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
    // The parent of runAgainWithThreads was killed: nobody can stop this process any more.
    process.once('disconnect', stop);
    console.log(`ready ${service.url}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
