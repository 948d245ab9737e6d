import { TidemarkError } from '../../layers/platform/errors.ts';
import type { ObjectStore } from '../../layers/platform/object-store.ts';

/** A process that was killed: nothing that it does reaches the store any more. */
export class Killed extends TidemarkError {
  constructor() {
    super('killed', { retryable: false });
  }
}

export interface CountedWrites {
  readonly store: ObjectStore;
  readonly writes: () => number;
}

/** Counts writes, deletions among them, and, where it is told to, kills the writer before or after one of them; the first is number 1. */
export function killAtWrite(
  store: ObjectStore,
  at: { write: number; when: 'before' | 'after' } | undefined = undefined,
): CountedWrites {
  let writes = 0;
  let isDead = false;
  const attempt = async <T>(write: () => Promise<T>): Promise<T> => {
    if (isDead) throw new Killed();
    writes += 1;
    const isLast = writes === at?.write;
    isDead = isLast;
    if (isLast && at.when === 'before') throw new Killed();
    const result = await write();
    if (isLast) throw new Killed();
    return result;
  };
  const counted: ObjectStore = {
    ...store,
    put: (key, body) => attempt(() => store.put(key, body)),
    putIfAbsent: (key, body) => attempt(() => store.putIfAbsent(key, body)),
    delete: (key) => attempt(() => store.delete(key)),
  };
  return { store: counted, writes: () => writes };
}
