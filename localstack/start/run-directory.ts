import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcessGroup } from './process-group.ts';
import { isSameProcessAlive, type ProcessIdentity, readProcessStart } from './process-identity.mjs';

const LEFTOVER_GRACE_MS = 5_000;

/**
 * `<state>/run/<part>.pid`: which process each part is, so that a start after the worst (everything killed, the guard
 * too) ends what is left of the last one before it binds the same ports.
 */
export class RunDirectory {
  readonly #path: string;

  constructor(stateDir: string) {
    this.#path = join(stateDir, 'run');
    mkdirSync(this.#path, { recursive: true });
  }

  /** Synchronous, so that no moment lies between the spawn and the record of it. */
  record(part: string, pid: number): void {
    const startedAt = readProcessStart(pid);
    if (startedAt !== undefined) writeFileSync(this.#pidFile(part), JSON.stringify({ pid, startedAt }));
  }

  forget(part: string): void {
    rmSync(this.#pidFile(part), { force: true });
  }

  /** Ends the process groups that an earlier start has left, and names their parts. */
  async endLeftovers(): Promise<string[]> {
    const parts = readdirSync(this.#path)
      .filter((file) => file.endsWith('.pid'))
      .map((file) => file.slice(0, -'.pid'.length));
    const ended = await Promise.all(parts.map((part) => this.#endLeftover(part)));
    return parts.filter((_, index) => ended[index]);
  }

  async #endLeftover(part: string): Promise<boolean> {
    const identity = readIdentity(this.#pidFile(part));
    const isLeft = identity !== undefined && isSameProcessAlive(identity);
    if (isLeft) await endProcessGroup(identity.pid, LEFTOVER_GRACE_MS);
    this.forget(part);
    return isLeft;
  }

  #pidFile(part: string): string {
    return join(this.#path, `${part}.pid`);
  }
}

function readIdentity(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // killed while it was being written
    throw error;
  }
}
