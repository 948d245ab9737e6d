import { type Child, element } from '../dom.ts';

export type Fact = readonly [label: string, value: Child];

/** Names and values, a line each. */
export function drawFacts(facts: readonly Fact[], className = 'facts'): HTMLElement {
  const lines = facts.flatMap(([label, value]) => [element('dt', {}, label), element('dd', {}, value)]);
  return element('dl', { class: className }, ...lines);
}
