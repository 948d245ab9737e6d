const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** An installation that cannot be interrupted must not hold up the end. */
const GIVE_UP_AFTER_MS = 14_500;
const PARENT_POLL_MS = 1_000;

export interface StopRequest {
  /** Aborted by the first signal; later ones change nothing (npm sends a copy of what the terminal sends). */
  readonly signal: AbortSignal;
  /** Resolves then. */
  readonly requested: Promise<void>;
}

/**
 * Turns SIGINT, SIGTERM and SIGHUP into one request to stop. When npm started us, the death of npm counts as well: no
 * signal tells of a `kill -9` there, and a stack whose npm is gone could no longer be stopped by Ctrl-C.
 */
export function stopOnSignal(): StopRequest {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) return;
    controller.abort();
    setTimeout(() => process.exit(), GIVE_UP_AFTER_MS).unref();
  };
  const requested = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  for (const signal of SIGNALS) process.on(signal, stop);
  if (process.env.npm_lifecycle_event !== undefined) watchParent(stop);
  return { signal: controller.signal, requested };
}

function watchParent(onDeath: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && onDeath(), PARENT_POLL_MS).unref();
}
