import type { ObjectStore } from '../../layers/platform/object-store.ts';

/** An object store in memory, for unit tests. Its contents are open to inspection. */
export interface MemoryObjectStore extends ObjectStore {
  readonly objects: Map<string, Uint8Array>;
}

/** A bucket that keeps its objects in a map; `now`, in epoch milliseconds, dates them. */
export function createMemoryObjectStore(bucket = 'memory', now: () => number = () => 0): MemoryObjectStore {
  const objects = new Map<string, Uint8Array>();
  const writtenAtMs = new Map<string, number>();
  const write = (key: string, body: Uint8Array) => {
    objects.set(key, body.slice());
    writtenAtMs.set(key, now());
  };
  return {
    objects,
    uri: `s3://${bucket}`,
    get: async (key) => objects.get(key),
    exists: async (key) => objects.has(key),
    put: async (key, body) => write(key, body),
    putIfAbsent: async (key, body) => {
      if (objects.has(key)) return 'exists';
      write(key, body);
      return 'created';
    },
    async *list(prefix) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      for (const key of keys) {
        const modifiedAt = new Date(writtenAtMs.get(key) ?? 0);
        yield { key, sizeBytes: objects.get(key)?.length ?? 0, modifiedAt };
      }
    },
    delete: async (key) => void objects.delete(key),
  };
}
