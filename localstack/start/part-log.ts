import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MAX_LOG_BYTES = 20_000_000;
const TAIL_BYTES = 4_000;

/**
 * `<logDir>/<part>.log`, with the file of the last start kept as `<part>.1.log`; a log that grows beyond 20 MB is
 * rotated the same way. Writes are synchronous: the last words of a part are there before anyone acts on its end.
 */
export class PartLog {
  readonly path: string;
  readonly #rotatedPath: string;
  #descriptor: number;
  #bytes = 0;
  #isClosed = false;

  constructor(logDir: string, part: string) {
    mkdirSync(logDir, { recursive: true });
    this.path = join(logDir, `${part}.log`);
    this.#rotatedPath = join(logDir, `${part}.1.log`);
    this.#descriptor = this.#openFresh();
  }

  /** After `close` it does nothing: a process's last line may come after its end. */
  write(line: string): void {
    if (this.#isClosed) return;
    if (this.#bytes > MAX_LOG_BYTES) {
      closeSync(this.#descriptor);
      this.#descriptor = this.#openFresh();
    }
    this.#bytes += writeSync(this.#descriptor, `${line}\n`);
  }

  /** The last lines, for a message that explains why the part did not start. */
  readTail(lines: number): string[] {
    const descriptor = openSync(this.path, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8').split('\n').filter(Boolean).slice(-lines);
    } finally {
      closeSync(descriptor);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#descriptor);
  }

  #openFresh(): number {
    try {
      renameSync(this.path, this.#rotatedPath);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    this.#bytes = 0;
    return openSync(this.path, 'a', 0o600);
  }
}
