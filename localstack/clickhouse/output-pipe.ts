import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

/** A named pipe through which one statement's `INTO OUTFILE` streams its result. */
export interface OutputPipe {
  readonly path: string;
  /** Opens the reading end; bytes arrive as the engine writes them, and a full pipe makes it wait. */
  open(): OpenPipe;
}

export interface OpenPipe {
  /** Ends after `finish()`, when everything written has been read. */
  readonly output: Socket;
  /** To be called when the statement has ended, and not before. */
  finish(): void;
}

/**
 * Makes named pipes. Why pipes: chdb's own streaming formats every block as a document of its own (a JSON result of
 * two blocks is two JSON documents), while `INTO OUTFILE` writes exactly what a server sends, compressed if asked.
 */
export function makeOutputPipes(directory: string, count: number): OutputPipe[] {
  const paths = Array.from({ length: count }, (_, index) => join(directory, `output-${index}`));
  execFileSync('mkfifo', ['-m', '600', ...paths]);
  return paths.map((path) => ({ path, open: () => openPipe(path) }));
}

function openPipe(path: string): OpenPipe {
  // Held open for writing while the statement runs: without a writer the reader would see an end at once, and
  // without a reader the engine would spin on EPIPE.
  const keeper = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const output = new Socket({ fd: reader, readable: true, writable: false });
  return { output, finish: () => closeSync(keeper) };
}
