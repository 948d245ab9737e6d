/** The users there are, in numbers from 1, and which of them are active at the moment. */
export interface UserPool {
  readonly size: number;
  /** A free user of the active ones, or undefined while all of them are busy. */
  takeActive(): number | undefined;
  /** A free user who has been away, or now and then a new one; a new one too where nobody is left. */
  takeOther(): number;
  /** The user is free again; one who had been away may have become active, in the place of another. */
  giveBack(user: number): void;
}

/** Of a pool of 100, 30 come every day. */
const ACTIVE_SHARE = 0.3;
/** Of the sessions that no active user begins. */
const NEW_USER_SHARE = 0.1;
const BECOMES_ACTIVE_SHARE = 0.1;

/**
 * @param users how many there are at first
 * @param random gives numbers in [0, 1)
 */
export function createUserPool(users: number, random: () => number): UserPool {
  const activeCount = Math.max(1, Math.round(users * ACTIVE_SHARE));
  const numbers = Array.from({ length: users }, (_, index) => index + 1);
  // Free users only: whoever has an open session is in neither list.
  const active = numbers.slice(0, activeCount);
  const away = numbers.slice(activeCount);
  const activeUsers = new Set(active);
  let size = users;

  return {
    get size() {
      return size;
    },
    takeActive: () => takeAny(active, random),
    takeOther() {
      const returning = random() < NEW_USER_SHARE ? undefined : takeAny(away, random);
      if (returning !== undefined) return returning;
      size += 1;
      return size;
    },
    giveBack(user) {
      if (activeUsers.has(user)) {
        active.push(user);
        return;
      }
      const replaced = random() < BECOMES_ACTIVE_SHARE ? takeAny(active, random) : undefined;
      if (replaced === undefined) {
        away.push(user);
        return;
      }
      activeUsers.delete(replaced);
      activeUsers.add(user);
      away.push(replaced);
      active.push(user);
    },
  };
}

/** Takes one out; the last of the list moves into its place. */
function takeAny(list: number[], random: () => number): number | undefined {
  const index = Math.floor(random() * list.length);
  const taken = list[index];
  const last = list.pop();
  if (last !== undefined && index < list.length) list[index] = last;
  return taken;
}
