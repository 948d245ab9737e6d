import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until the reading is as wanted. @throws Error that names what was awaited, or the signal's reason */
export async function pollUntil<T>(
  what: string,
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
  { everyMs, withinMs, signal }: { everyMs: number; withinMs: number; signal: AbortSignal },
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    const value = await read();
    if (isDone(value)) return value;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs / 1000} s, only ${value}`);
    await sleep(everyMs);
  }
}
