import { userEvents } from '@tidemark/domains/user_events/stream';
import type { DomainGenerator, HistoryOptions, LiveOptions } from '../domain-generator.ts';
import type { StreamEvent } from '../producing/message.ts';
import { shareOut, spreadMoments } from '../share-out.ts';
import { createSessionSource } from './sessions.ts';

const USERS = 100;

/** Midnight to 23:00 UTC: people who look around at lunch and in the evening. */
const HOUR_OF_DAY = [
  0.5, 0.3, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.0, 1.1, 1.2, 1.3, 1.5, 1.3, 1.2, 1.1, 1.2, 1.3, 1.5, 1.7, 1.8, 1.7, 1.3,
  0.8,
] as const;

/** Users of a web shop and its app: sessions from login to logout. */
export const userEventsGenerator: DomainGenerator = {
  domain: 'user_events',
  description: `clicks, logins, purchases and logouts in sessions of ${USERS} users and more`,
  liveEventsPerSecond: 5,
  historyEventsPerMonth: 200_000,
  users: USERS,
  variables: { liveEventsPerSecond: 'EVENTS_PER_SECOND', users: 'NUM_USERS' },
  generateLive,
  generateHistory,
};

function* generateLive({ seed, users = USERS, now }: LiveOptions): Generator<StreamEvent> {
  const sessions = createSessionSource(seed, users);
  while (true) yield { stream: userEvents, event: sessions.next(now()).event };
}

function* generateHistory({ seed, users = USERS, fromMs, untilMs, count }: HistoryOptions): Generator<StreamEvent> {
  const sessions = createSessionSource(seed, users);
  for (const hour of shareOut(count, fromMs, untilMs, weighHour)) {
    for (const atMs of spreadMoments(hour, sessions.random)) {
      yield { stream: userEvents, event: sessions.next(atMs).event };
    }
  }
}

function weighHour(atMs: number): number {
  return HOUR_OF_DAY[new Date(atMs).getUTCHours()] ?? 1;
}
