import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('guard.sh', import.meta.url));

/**
 * Ends the parts when the supervisor dies without a chance to do it (kill -9, out of memory). A shell of one megabyte
 * waits on a pipe from us, knows the parts' process groups, and acts when the pipe closes; no part needs to cooperate.
 */
export class Guard {
  #shell: ChildProcess;
  #groups: readonly number[] = [];
  #isDismissed = false;

  constructor() {
    this.#shell = this.#spawn();
  }

  /** Replaces the list of groups to end. */
  watch(groups: readonly number[]): void {
    this.#groups = groups;
    this.#shell.stdin?.write(`${groups.join(' ')}\n`);
  }

  /** Lets the shell go without doing anything. */
  dismiss(): void {
    this.#isDismissed = true;
    this.#shell.stdin?.end('\n');
  }

  /**
   * In a process group of its own, where neither Ctrl-C nor a signal to ours reaches it. It knows the groups from its
   * first moment, since we may die before we have told it anything.
   */
  #spawn(): ChildProcess {
    const shell = spawn('/bin/sh', [script, ...this.#groups.map(String)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    shell.stdin?.on('error', () => {}); // the shell was killed: its exit is what matters
    shell.once('exit', () => {
      if (!this.#isDismissed) this.#shell = this.#spawn();
    });
    shell.unref();
    return shell;
  }
}
