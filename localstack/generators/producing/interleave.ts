/** One of several iterators, and how much of the whole it is to be. */
export interface Weighted<T> {
  readonly items: Iterator<T>;
  readonly weight: number;
}

/** Mixes iterators evenly, each by its weight: of weights 2 and 5, any 7 items have 2 of the one and 5 of the other. */
export function* interleave<T>(sources: readonly Weighted<T>[]): Generator<T> {
  const total = sources.reduce((sum, { weight }) => sum + weight, 0);
  const states = sources.map(({ items, weight }) => ({ items, weight, credit: 0 }));
  for (;;) {
    for (const state of states) state.credit += state.weight;
    const due = states.reduce((most, state) => (state.credit > most.credit ? state : most));
    due.credit -= total;
    const next = due.items.next();
    if (next.done) return;
    yield next.value;
  }
}
