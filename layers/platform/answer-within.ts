import { TidemarkError } from './errors.ts';

/** Whoever was asked has said nothing; they may still do what they were asked. */
export class NoAnswer extends TidemarkError {
  constructor(limitMs: number) {
    super(`no answer within ${limitMs / 1000} s`, { retryable: true });
  }
}

/**
 * Asks, and waits no longer than the limit: a process that stands still keeps its connections open and never answers.
 *
 * @param ask may end its work when the signal is aborted
 * @throws NoAnswer when the limit is over, or what `ask` throws
 */
export async function answerWithin<T>(limitMs: number, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const { signal } = stop;
  const timer = setTimeout(() => stop.abort(new NoAnswer(limitMs)), limitMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([late, ask(signal)]);
  } finally {
    clearTimeout(timer);
  }
}
