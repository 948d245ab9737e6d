import { formatAgo, formatUtc } from '../model/time.ts';

export type Child = Node | string | null;
export type Attributes = Record<string, string | number | boolean | undefined>;

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element. Strings become text nodes, never HTML: event data is hostile. `true` sets an empty attribute. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svgElement<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** A button that does something on this page. */
export function button(attributes: Attributes, onClick: () => void, ...children: Child[]): HTMLButtonElement {
  const node = element('button', { type: 'button', ...attributes }, ...children);
  node.addEventListener('click', onClick);
  return node;
}

/** A point in time, in UTC, with how long ago that was. The page's ticker keeps the latter current. */
export function timeWithAgo(iso: string | null, nowMs: number): HTMLElement {
  if (iso === null) return element('span', { class: 'muted' }, 'never');
  return element(
    'span',
    { class: 'moment' },
    element('time', { datetime: iso }, formatUtc(iso, nowMs)),
    ' ',
    agoSince(iso, nowMs),
  );
}

/** "3 s ago", kept current. */
export function agoSince(iso: string, nowMs: number): HTMLElement {
  return element('span', { class: 'ago', 'data-ago': iso }, formatAgo(iso, nowMs));
}

/** Brings every "x s ago" of the page up to date. */
export function updateAgos(nowMs: number): void {
  for (const node of document.querySelectorAll<HTMLElement>('[data-ago]')) {
    const text = formatAgo(node.dataset.ago ?? null, nowMs);
    if (node.textContent !== text) node.textContent = text;
  }
}

function fill<T extends Element>(node: T, attributes: Attributes, children: Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}
