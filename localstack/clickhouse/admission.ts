import { ClickHouseError } from './clickhouse-error.ts';
import type { UserProfile } from './users.ts';

/** Gives each user their own places, so that no one's statements can starve another's. */
export interface Admission {
  /** Resolves with the function that gives the place back. Throws TOO_MANY_SIMULTANEOUS_QUERIES. */
  enter(profile: UserProfile): Promise<() => void>;
}

interface Lane {
  running: number;
  /** Called with a place that has become free. */
  waiting: Set<() => void>;
}

/** First come, first served within a user. */
export function createAdmission(): Admission {
  const lanes = new Map<string, Lane>();

  function leave(lane: Lane): void {
    const [next] = lane.waiting;
    // A waiting statement takes the place over, so `running` stays.
    if (next) next();
    else lane.running -= 1;
  }

  return {
    async enter(profile) {
      const lane = lanes.get(profile.name) ?? { running: 0, waiting: new Set() };
      lanes.set(profile.name, lane);
      if (lane.running < profile.maxConcurrent) lane.running += 1;
      else await waitForPlace(lane, profile);
      return () => leave(lane);
    },
  };
}

function waitForPlace(lane: Lane, { name, maxConcurrent, maxWaitMs }: UserProfile): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      lane.waiting.delete(take);
      const text = `Too many simultaneous queries for user ${name}. Current: ${maxConcurrent}, maximum: ${maxConcurrent}`;
      reject(new ClickHouseError(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', text));
    }, maxWaitMs);
    const take = (): void => {
      clearTimeout(timer);
      lane.waiting.delete(take);
      resolve();
    };
    lane.waiting.add(take);
  });
}
