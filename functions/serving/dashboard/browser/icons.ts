import { svgElement } from './dom.ts';

/** Outlines on a 20 by 20 grid, drawn in the colour of the text. */
const OUTLINES = {
  ok: ['M4.5 10.5l3.5 3.5 7.5-8'],
  down: ['M5.5 5.5l9 9', 'M14.5 5.5l-9 9'],
  warn: ['M10 3.5l7 12.5h-14z', 'M10 8.5v3.5', 'M10 14v.1'],
  waiting: ['M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14z', 'M10 6.5v3.8l2.4 1.6'],
  pause: ['M7 5v10', 'M13 5v10'],
  play: ['M7 4.8l8 5.2-8 5.2z'],
  refresh: ['M16 10a6 6 0 1 1-1.9-4.4', 'M16 3v3.5h-3.5'],
  light: [
    'M10 6.6a3.4 3.4 0 1 0 0 6.8a3.4 3.4 0 0 0 0-6.8z',
    'M10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.3 4.3l1.2 1.2M14.5 14.5l1.2 1.2M4.3 15.7l1.2-1.2M14.5 5.5l1.2-1.2',
  ],
  dark: ['M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7z'],
  system: ['M3 4.5h14v9H3z', 'M7 17h6M10 13.5V17'],
} as const;

export type IconName = keyof typeof OUTLINES;

/** A decorative icon: the meaning always stands in words beside it or in the control's label. */
export function icon(name: IconName): SVGElement {
  return svgElement(
    'svg',
    { class: `icon icon-${name}`, viewBox: '0 0 20 20', 'aria-hidden': 'true' },
    ...OUTLINES[name].map((d) => svgElement('path', { d })),
  );
}

/** The mark of the header. */
export function brandMark(): SVGElement {
  return svgElement(
    'svg',
    { class: 'brand-mark', viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    svgElement('rect', { width: 32, height: 32, rx: 8, class: 'brand-ground' }),
    svgElement('path', { d: 'M5 13c3.7 0 3.7-4 7.3-4s3.7 4 7.4 4 3.6-4 7.3-4', class: 'brand-wave' }),
    svgElement('path', { d: 'M5 22h22', class: 'brand-line' }),
  );
}
