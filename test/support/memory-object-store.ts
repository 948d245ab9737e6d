import type { ObjectStore } from '../../layers/platform/object-store.ts';

/** An object store in memory, for unit tests. Its contents are open to inspection. */
export interface MemoryObjectStore extends ObjectStore {
  readonly objects: Map<string, Uint8Array>;
}

/** A bucket that keeps its objects in a map. */
export function createMemoryObjectStore(bucket = 'memory'): MemoryObjectStore {
  const objects = new Map<string, Uint8Array>();
  const modifiedAt = new Date(0);
  return {
    objects,
    uri: `s3://${bucket}`,
    get: async (key) => objects.get(key),
    exists: async (key) => objects.has(key),
    put: async (key, body) => void objects.set(key, body.slice()),
    putIfAbsent: async (key, body) => {
      if (objects.has(key)) return 'exists';
      objects.set(key, body.slice());
      return 'created';
    },
    async *list(prefix) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      for (const key of keys) yield { key, sizeBytes: objects.get(key)?.length ?? 0, modifiedAt };
    },
    delete: async (key) => void objects.delete(key),
  };
}
