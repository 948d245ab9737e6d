/** Works on at most `limit` items at once. Results in the order of the items; after a failure no further item is begun. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let isFailing = false;
  const drainQueue = async () => {
    for (const [index, item] of queue) {
      if (isFailing) return;
      results[index] = await work(item).catch((error: unknown) => {
        isFailing = true;
        throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: limit }, drainQueue));
  return results;
}
