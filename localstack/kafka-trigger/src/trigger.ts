import type { Mapping } from './core/mapping.ts';
import { describeError } from './log.ts';
import { type MappingDeps, type RunningMapping, startMapping } from './running-mapping.ts';
import type { PollerStats } from './stats.ts';

export interface TriggerOptions extends MappingDeps {
  mappings: readonly Mapping[];
}

/** Running mappings. */
export interface Trigger {
  stats(): PollerStats[];
  /** Stops every mapping, see `RunningMapping`, then ends the invoker. */
  stop(): Promise<void>;
}

/** Polls every enabled mapping until `stop`. Throws if one cannot be started, and then none is left running. */
export function startTrigger({ mappings, ...deps }: TriggerOptions): Trigger {
  const running: RunningMapping[] = [];
  const stop = async () => {
    await Promise.all(running.map((mapping) => mapping.stop()));
    await deps.invoker.close();
  };
  try {
    for (const mapping of mappings.filter(({ isEnabled }) => isEnabled)) running.push(startMapping(mapping, deps));
  } catch (error) {
    stop().catch((failure: unknown) => deps.log('error', 'not stopped', describeError(failure)));
    throw error;
  }
  return { stats: () => running.map((mapping) => mapping.stats()), stop };
}
