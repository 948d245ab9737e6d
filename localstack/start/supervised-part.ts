import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Part, Report } from './part.ts';
import type { PartLog } from './part-log.ts';
import { endProcessGroup } from './process-group.ts';
import { StartError } from './start-error.ts';

/** The times that rule a part's life, in milliseconds. */
export interface PartTimes {
  readonly firstBackoffMs: number;
  readonly maxBackoffMs: number;
  /** A part that worked for this long has earned a short backoff again. */
  readonly settledAfterMs: number;
  /** How long a process may take to become ready. */
  readonly readyWithinMs: number;
  readonly probeWhileStartingMs: number;
  readonly probeWhileReadyMs: number;
  /** A part that was ready, runs, but has not answered for this long is ended, and started anew. */
  readonly unresponsiveAfterMs: number;
}

export const STANDARD_TIMES: PartTimes = {
  firstBackoffMs: 200,
  maxBackoffMs: 5_000,
  settledAfterMs: 10_000,
  readyWithinMs: 180_000,
  probeWhileStartingMs: 50,
  probeWhileReadyMs: 2_000,
  unresponsiveAfterMs: 60_000,
};

/** How often a part may end before its first readiness; after that it is restarted for ever. */
const MAX_ENDS_BEFORE_READY = 3;
const RESTART_GRACE_MS = 2_000;

export type PartState = 'starting' | 'ready' | 'restarting' | 'stopped';

export interface PartDependencies {
  readonly root: string;
  readonly log: PartLog;
  readonly report: Report;
  readonly times: PartTimes;
  /** Called with each new process, in the same tick as the spawn, and with undefined when it has ended. */
  onProcess(pid: number | undefined): void;
}

/** Keeps one part running: starts it, restarts it whenever it ends or no longer answers, and stops it. */
export class SupervisedPart {
  readonly part: Part;
  readonly #deps: PartDependencies;
  readonly #stopping = new AbortController();
  #state: PartState = 'starting';
  #child: ChildProcessWithoutNullStreams | undefined;
  #life: Promise<void> | undefined;

  constructor(part: Part, deps: PartDependencies) {
    this.part = part;
    this.#deps = deps;
  }

  get state(): PartState {
    return this.#state;
  }

  /** The running process, which is also the id of its process group. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Resolves when the part is ready for the first time, and supervises it from then on.
   * @throws StartError when it ends again and again, or is not ready in time; it is stopped then.
   */
  async start(): Promise<void> {
    const startedAt = Date.now();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#failure('is not ready')), this.#deps.times.readyWithinMs);
      this.#life = this.#live(resolve, reject).finally(() => clearTimeout(timer));
    }).catch(async (error: unknown) => {
      await this.stop(RESTART_GRACE_MS);
      throw error;
    });
    this.#deps.report(this.part.name, `ready in ${formatSeconds(Date.now() - startedAt)} s`);
  }

  /** SIGTERM, and SIGKILL after `graceMs`, for the part and all that it started. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    if (this.pid !== undefined) await endProcessGroup(this.pid, graceMs);
    await this.#life;
    this.#state = 'stopped';
  }

  async #live(onReady: () => void, onFailure: (error: StartError) => void): Promise<void> {
    const { times, report } = this.#deps;
    let [endsBeforeReady, backoffMs, hasBeenReady] = [0, times.firstBackoffMs, false];
    while (!this.#stopping.signal.aborted) {
      const startedAt = Date.now();
      const reason = await this.#runOnce(() => {
        if (hasBeenReady) report(this.part.name, `ready again after ${formatSeconds(Date.now() - startedAt)} s`);
        hasBeenReady = true;
        onReady();
      });
      if (this.#stopping.signal.aborted) break;
      if (!hasBeenReady && ++endsBeforeReady === MAX_ENDS_BEFORE_READY) return onFailure(this.#failure(reason));
      if (Date.now() - startedAt > times.settledAfterMs) backoffMs = times.firstBackoffMs;
      this.#state = 'restarting';
      report(this.part.name, `${reason}; starting it again in ${formatSeconds(backoffMs)} s`);
      await sleep(backoffMs, undefined, { signal: this.#stopping.signal }).catch(() => {}); // stopped: the loop ends
      backoffMs = Math.min(backoffMs * 2, times.maxBackoffMs);
    }
    onFailure(this.#failure('was stopped before it was ready')); // of no effect once it was ready
  }

  /** One process from spawn to end; resolves to why it ended. */
  async #runOnce(onReady: () => void): Promise<string> {
    const child = this.#spawn();
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be run (${error.message})`));
      child.once('exit', (code, signal) => resolve(signal === null ? `ended with code ${code}` : `ended by ${signal}`));
    });
    const probing = new AbortController();
    const watched = this.#watch(onReady, probing.signal);
    const reason = (await Promise.race([ended, watched])) ?? (await ended);
    probing.abort();
    if (child.pid !== undefined) await endProcessGroup(child.pid, RESTART_GRACE_MS);
    this.#child = undefined;
    this.#deps.onProcess(undefined);
    return reason;
  }

  #spawn(): ChildProcessWithoutNullStreams {
    const { command, args, env } = this.part;
    this.#state = 'starting';
    const child = spawn(command, args, {
      cwd: this.#deps.root,
      env: { ...env },
      stdio: 'pipe', // stdin too: it closes when we die, and some parts end by that
      detached: true, // a process group of its own: Ctrl-C in the terminal reaches the supervisor alone
    });
    this.#child = child;
    if (child.pid !== undefined) this.#deps.onProcess(child.pid);
    for (const stream of [child.stdout, child.stderr]) this.#follow(stream);
    return child;
  }

  #follow(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#deps.log.write(line);
      const important = this.#stopping.signal.aborted ? undefined : this.part.pickImportant(line);
      if (important !== undefined) this.#deps.report(this.part.name, important);
    });
  }

  /** Probes until aborted, or until the part has not answered for too long: then resolves to that reason. */
  async #watch(onReady: () => void, signal: AbortSignal): Promise<string | undefined> {
    const { times } = this.#deps;
    let answeredAt = Date.now();
    while (!signal.aborted) {
      const isReady = await this.part.isReady().catch(() => false);
      if (signal.aborted) break;
      if (isReady) {
        answeredAt = Date.now();
        if (this.#state !== 'ready') onReady();
        this.#state = 'ready';
      } else {
        const limitMs = this.#state === 'ready' ? times.unresponsiveAfterMs : times.readyWithinMs;
        if (Date.now() - answeredAt > limitMs) return `has not answered for ${formatSeconds(limitMs)} s`;
      }
      const pauseMs = this.#state === 'ready' ? times.probeWhileReadyMs : times.probeWhileStartingMs;
      await sleep(pauseMs, undefined, { signal }).catch(() => {}); // aborted: the loop ends
    }
    return undefined;
  }

  #failure(reason: string): StartError {
    const { log } = this.#deps;
    const lastWords = log.readTail(1)[0];
    const said = lastWords === undefined ? 'it said nothing' : `its last words: ${lastWords.trim().slice(0, 200)}`;
    return new StartError(`${this.part.name} ${reason}; ${said} (all of it: ${log.path}).`);
  }
}

function formatSeconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(1);
}
