import type { Mapping } from './core/mapping.ts';
import { type MappingDeps, startMapping } from './running-mapping.ts';
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

/** Polls every enabled mapping until `stop`. Throws if the brokers of one are not known. */
export function startTrigger({ mappings, ...deps }: TriggerOptions): Trigger {
  const running = mappings.filter(({ isEnabled }) => isEnabled).map((mapping) => startMapping(mapping, deps));
  return {
    stats: () => running.map((mapping) => mapping.stats()),
    stop: async () => {
      await Promise.all(running.map((mapping) => mapping.stop()));
      await deps.invoker.close();
    },
  };
}
