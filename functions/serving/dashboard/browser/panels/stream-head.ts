import { type Child, element } from '../dom.ts';

/** The heading of what belongs to one stream inside a panel: its name, its state and a few words. */
export function drawStreamHead(
  stream: string,
  state: { tone: string; text: string } | null,
  ...words: Child[]
): HTMLElement {
  return element(
    'div',
    { class: 'stream-head' },
    element('h3', {}, stream),
    state === null ? null : element('span', { class: `tag ${state.tone}` }, state.text),
    element('span', { class: 'sub' }, ...words),
  );
}
