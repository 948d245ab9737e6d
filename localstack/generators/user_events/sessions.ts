import { SimpleFaker } from '@faker-js/faker';
import type { UserEvent } from '@tidemark/domains/user_events/event';
import { BROWSED_PAGES, LOGIN_PAGE, LOGOUT_PAGE, PURCHASE_PAGES } from './pages.ts';
import { createUserPool } from './user-pool.ts';

/** Of the events, not of the users or the sessions. */
const ACTIVE_EVENT_SHARE = 0.8;
const MOBILE_SHARE = 0.4;
/** Of what is done after the login. */
const PURCHASE_SHARE = 0.08;
const LOGOUT_SHARE = 0.12;
/** Closes the window instead, after whatever else. */
const LEAVES_SHARE = 0.03;
/** At most this share of the active users, or of the others, is logged in at a time. */
const LOGGED_IN_SHARE = 0.15;

export interface SessionEvent {
  readonly event: UserEvent;
  /** Whether it is one of an active user's session, not of a new or returning user's. */
  readonly isOfActiveUser: boolean;
}

export interface SessionSource {
  /** Makes up what happens at this moment, milliseconds since 1970 UTC. */
  next(atMs: number): SessionEvent;
  /** A random number in [0, 1), from the same seed. */
  random(): number;
  /** Users so far: the pool grows. */
  readonly userCount: number;
}

interface Session {
  readonly user: number;
  readonly source: UserEvent['source'];
}

/**
 * Sessions that make sense: a login first, then clicks and a few purchases, in the end mostly a logout; all of one from
 * the web or all from a mobile, and of one user one at a time. The same seed and the same moments make the same events.
 */
export function createSessionSource(seed: number, users: number): SessionSource {
  const faker = new SimpleFaker({ seed });
  const random = () => faker.number.float();
  const pool = createUserPool(users, random);
  const limit = Math.max(1, Math.round(users * LOGGED_IN_SHARE));
  const open = { active: [] as Session[], other: [] as Session[] };

  function describe(session: Session, type: UserEvent['event_type'], page: string, atMs: number): UserEvent {
    return {
      event_id: faker.string.uuid(),
      user_id: session.user,
      event_type: type,
      page,
      timestamp: new Date(atMs).toISOString(),
      source: session.source,
    };
  }

  function logIn(isActive: boolean): Session {
    // Where every active user is logged in already, a new one comes.
    const user = (isActive ? pool.takeActive() : undefined) ?? pool.takeOther();
    return { user, source: random() < MOBILE_SHARE ? 'mobile' : 'web' };
  }

  function goOn(session: Session, atMs: number): UserEvent {
    const draw = random();
    if (draw < LOGOUT_SHARE) return describe(session, 'logout', LOGOUT_PAGE, atMs);
    const isPurchase = draw < LOGOUT_SHARE + PURCHASE_SHARE;
    return isPurchase
      ? describe(session, 'purchase', pickRanked(PURCHASE_PAGES, random()), atMs)
      : describe(session, 'click', pickRanked(BROWSED_PAGES, random()), atMs);
  }

  function next(atMs: number): SessionEvent {
    const isActive = random() < ACTIVE_EVENT_SHARE;
    const sessions = isActive ? open.active : open.other;
    const index = Math.floor(random() * limit);
    const session = sessions[index];
    if (session === undefined) {
      const begun = logIn(isActive);
      sessions.push(begun);
      return { event: describe(begun, 'login', LOGIN_PAGE, atMs), isOfActiveUser: isActive };
    }
    const event = goOn(session, atMs);
    if (event.event_type === 'logout' || random() < LEAVES_SHARE) {
      sessions.splice(index, 1);
      pool.giveBack(session.user);
    }
    return { event, isOfActiveUser: isActive };
  }

  return {
    next,
    random,
    get userCount() {
      return pool.size;
    },
  };
}

/** The first of a list most often, the last least: squaring what is even makes it so. */
function pickRanked(pages: readonly string[], draw: number): string {
  return pages[Math.floor(draw * draw * pages.length)] as string;
}
