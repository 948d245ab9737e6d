import { describe, expect, it } from '@jest/globals';
import { createJudge } from '@tidemark/domains/judge';
import type { UserEvent } from '@tidemark/domains/user_events/event';
import { userEvents } from '@tidemark/domains/user_events/stream';
import fc from 'fast-check';
import type { StreamEvent } from '../../../localstack/generators/producing/message.ts';
import { userEventsGenerator } from '../../../localstack/generators/user_events/generator.ts';
import { createSessionSource } from '../../../localstack/generators/user_events/sessions.ts';

const FROM_MS = Date.UTC(2026, 9, 21, 7, 30);
const UNTIL_MS = Date.UTC(2026, 10, 21, 7, 30);
const COUNT = 20_000;

function makeHistory(options: { seed?: number; count?: number; users?: number } = {}): UserEvent[] {
  const all = { seed: 7, count: COUNT, fromMs: FROM_MS, untilMs: UNTIL_MS, ...options };
  return takeEvents(userEventsGenerator.generateHistory(all), Number.POSITIVE_INFINITY);
}

function takeEvents(source: Iterator<StreamEvent>, count: number): UserEvent[] {
  const events: UserEvent[] = [];
  while (events.length < count) {
    const next = source.next();
    if (next.done) break;
    events.push(next.value.event as UserEvent);
  }
  return events;
}

function countType(events: readonly UserEvent[], type: UserEvent['event_type']): number {
  return events.filter((event) => event.event_type === type).length;
}

describe('the history of made-up user events', () => {
  const history = makeHistory();

  it('has exactly as many events as asked for, in the order of their time, within its months', () => {
    const times = history.map(({ timestamp }) => Date.parse(timestamp));

    expect(history).toHaveLength(COUNT);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(FROM_MS);
    expect(times.at(-1)).toBeLessThan(UNTIL_MS);
  });

  it('is valid throughout, every event with an id of its own', () => {
    const judge = createJudge(userEvents);
    const rejected = history.filter((event) => {
      const value = Buffer.from(JSON.stringify(event));
      return !judge({ key: null, value, headers: [], timestamp: UNTIL_MS }).isValid;
    });

    expect(rejected).toEqual([]);
    expect(new Set(history.map(({ event_id }) => event_id)).size).toBe(COUNT);
  });

  it('is the same for the same seed and end, and another for another seed', () => {
    expect(makeHistory({ count: 500 })).toEqual(makeHistory({ count: 500 }));
    expect(makeHistory({ count: 500 })).not.toEqual(makeHistory({ count: 500, seed: 8 }));
  });

  it('has more clicks than logins, and more logins than purchases', () => {
    expect(countType(history, 'click')).toBeGreaterThan(2 * countType(history, 'login'));
    expect(countType(history, 'login')).toBeGreaterThan(1.2 * countType(history, 'purchase'));
    expect(countType(history, 'purchase')).toBeGreaterThan(0.02 * COUNT);
    expect(countType(history, 'logout')).toBeGreaterThan(0.5 * countType(history, 'login'));
  });

  it('begins with a hundred users, and gains more', () => {
    const users = new Set(history.map(({ user_id }) => user_id));

    for (let user = 1; user <= 100; user++) expect(users).toContain(user);
    expect(users.size).toBeGreaterThan(110);
    expect(Math.max(...users)).toBe(users.size);
  });

  it('is busy in the evening, and quiet at night', () => {
    const atHour = (hour: number) =>
      history.filter(({ timestamp }) => new Date(timestamp).getUTCHours() === hour).length;

    expect(atHour(20)).toBeGreaterThan(4 * atHour(3));
  });
});

describe('made-up sessions', () => {
  it('begin with a login, end with a logout or without, and stay on the web or on the mobile', () => {
    const scenario = fc.record({
      seed: fc.integer({ min: 0, max: 1_000_000 }),
      users: fc.integer({ min: 1, max: 200 }),
      count: fc.integer({ min: 1, max: 2_000 }),
    });
    fc.assert(
      fc.property(scenario, ({ seed, users, count }) => {
        const sources = new Map<number, UserEvent['source']>();
        const sessions = createSessionSource(seed, users);
        const wrong: UserEvent[] = [];
        for (let index = 0; index < count; index++) {
          const { event } = sessions.next(UNTIL_MS + index);
          const { user_id, event_type, source } = event;
          const isOpen = sources.has(user_id);
          if (event_type === 'login') sources.set(user_id, source);
          else if (!isOpen) wrong.push(event);
          if (sources.get(user_id) !== source || user_id > sessions.userCount) wrong.push(event);
          if (event_type === 'logout') sources.delete(user_id);
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('give four of five events to active users', () => {
    const sessions = createSessionSource(1, 100);
    const events = Array.from({ length: COUNT }, () => sessions.next(UNTIL_MS));
    const ofActiveUsers = events.filter(({ isOfActiveUser }) => isOfActiveUser);
    const countUsers = (some: typeof events) => new Set(some.map(({ event }) => event.user_id)).size;

    expect(ofActiveUsers.length / COUNT).toBeCloseTo(0.8, 1.5);
    expect(countUsers(ofActiveUsers.slice(0, 500))).toBeLessThan(40);
  });

  it('use both web and mobile, and more of the web', () => {
    const sessions = createSessionSource(2, 100);
    const events = Array.from({ length: COUNT }, () => sessions.next(UNTIL_MS).event);
    const mobile = events.filter(({ source }) => source === 'mobile').length / COUNT;

    expect(mobile).toBeGreaterThan(0.3);
    expect(mobile).toBeLessThan(0.5);
  });
});

describe('live made-up user events', () => {
  it('happen at the moment when they are taken, and are the same for the same seed', () => {
    const take = (seed: number) => {
      let nowMs = UNTIL_MS;
      const now = () => {
        nowMs += 200;
        return nowMs;
      };
      return takeEvents(userEventsGenerator.generateLive({ seed, now }), 100);
    };

    expect(take(1)[0]?.timestamp).toBe('2026-11-21T07:30:00.200Z');
    expect(take(1)[1]?.timestamp).toBe('2026-11-21T07:30:00.400Z');
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
  });
});
