import { join } from 'node:path';
import { Guard } from './guard.ts';
import type { Part, Report } from './part.ts';
import { PartLog } from './part-log.ts';
import type { RunDirectory } from './run-directory.ts';
import { type PartState, type PartTimes, STANDARD_TIMES, SupervisedPart } from './supervised-part.ts';

export interface SupervisorOptions {
  /** The working directory of every part. */
  readonly root: string;
  readonly stateDir: string;
  readonly runDirectory: RunDirectory;
  readonly report: Report;
  readonly times?: Partial<PartTimes>;
}

/** The parts that run, with what belongs to each process: its log, its pid file, its place on the guard's list. */
export class Supervisor {
  readonly logDir: string;
  readonly #options: SupervisorOptions;
  readonly #guard = new Guard();
  readonly #parts = new Map<string, { supervised: SupervisedPart; log: PartLog }>();
  #isStopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.logDir = join(options.stateDir, 'logs');
  }

  /** Resolves when the part is ready. @throws StartError when it does not become ready, or all is being stopped. */
  async start(part: Part): Promise<void> {
    const { root, report, runDirectory, times } = this.#options;
    const log = new PartLog(this.logDir, part.name);
    const supervised = new SupervisedPart(part, {
      root,
      log,
      report,
      times: { ...STANDARD_TIMES, ...times },
      onProcess: (pid) => {
        this.#updateGuard();
        if (pid === undefined) runDirectory.forget(part.name);
        else runDirectory.record(part.name, pid);
      },
    });
    this.#parts.set(part.name, { supervised, log });
    if (this.#isStopping) await supervised.stop(0);
    await supervised.start();
  }

  pid(part: string): number | undefined {
    return this.#parts.get(part)?.supervised.pid;
  }

  state(part: string): PartState | undefined {
    return this.#parts.get(part)?.supervised.state;
  }

  /** For tests of recovery. @throws Error when the part does not run. */
  kill(part: string, signal: NodeJS.Signals): void {
    const pid = this.pid(part);
    if (pid === undefined) throw new Error(`${part} does not run`);
    process.kill(pid, signal);
  }

  /** Stops the parts, one wave after the other; the parts of a wave together. Parts that never ran are skipped. */
  async stop(waves: readonly { readonly parts: readonly string[]; readonly graceMs: number }[]): Promise<void> {
    this.#isStopping = true;
    for (const { parts, graceMs } of waves) {
      await Promise.all(parts.map((name) => this.#parts.get(name)?.supervised.stop(graceMs)));
    }
    for (const { log } of this.#parts.values()) log.close();
    this.#guard.dismiss();
  }

  #updateGuard(): void {
    const pids = [...this.#parts.values()].map(({ supervised }) => supervised.pid);
    this.#guard.watch(pids.filter((pid) => pid !== undefined));
  }
}
