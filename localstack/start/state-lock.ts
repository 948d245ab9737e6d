import { join } from 'node:path';
import { acquireLock } from './lock-file.mjs';
import { StartError } from './start-error.ts';

/**
 * Makes this process the only one that works on the state; what a killed process held is taken over.
 *
 * @throws StartError when a living process has it
 */
export function takeStateLock(stateDir: string): { release: () => void } {
  const attempt = acquireLock(join(stateDir, 'run', 'tidemark.lock'));
  if (attempt.release !== undefined) return attempt;
  throw new StartError(
    `Tidemark runs already on ${stateDir} (process ${attempt.heldBy}): use it, stop it with Ctrl-C or ` +
      `\`kill ${attempt.heldBy}\`, or set TIDEMARK_STATE and the ports for a second one.`,
  );
}
