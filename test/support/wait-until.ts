import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Polls until `condition` holds. An error that it throws counts as "not yet" and is told in the end.
 *
 * @throws Error when it does not hold within `withinMs`
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  { withinMs = 10_000, everyMs = 20 }: { withinMs?: number; everyMs?: number } = {},
): Promise<void> {
  const deadline = Date.now() + withinMs;
  let cause: unknown;
  while (Date.now() < deadline) {
    try {
      if (await condition()) return;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs);
  }
  throw new Error(`this did not become true within ${withinMs} ms: ${condition}`, { cause });
}
