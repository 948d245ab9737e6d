import type { NodeName } from '../../model/flow.ts';

export type Layer = 'source' | 'speed' | 'batch' | 'serving';

export interface PictureBox {
  layer: Layer;
  x: number;
  y: number;
  width: number;
}

/** Positions in the units of `viewBox`; an edge is an SVG path, drawn from where the data comes. */
export interface PictureLayout {
  width: number;
  height: number;
  boxes: Record<NodeName, PictureBox>;
  edges: { layer: Layer; path: string }[];
}

/** Every box is as tall. */
export const BOX_HEIGHT = 108;

/** Left to right: speed above, batch below. */
export const WIDE_LAYOUT: PictureLayout = {
  width: 1104,
  height: 304,
  boxes: {
    producers: { layer: 'source', x: 0, y: 98, width: 136 },
    kafka: { layer: 'source', x: 180, y: 98, width: 136 },
    ingest: { layer: 'speed', x: 388, y: 0, width: 152 },
    hot: { layer: 'speed', x: 672, y: 0, width: 160 },
    compact: { layer: 'batch', x: 388, y: 196, width: 152 },
    lake: { layer: 'batch', x: 584, y: 196, width: 136 },
    gold: { layer: 'batch', x: 764, y: 196, width: 136 },
    serving: { layer: 'serving', x: 956, y: 98, width: 148 },
  },
  edges: [
    { layer: 'source', path: 'M136 152H180' },
    { layer: 'speed', path: 'M316 142C352 142 352 54 388 54' },
    { layer: 'speed', path: 'M540 54H672' },
    { layer: 'speed', path: 'M832 54C904 54 904 142 956 142' },
    { layer: 'batch', path: 'M316 162C352 162 352 250 388 250' },
    { layer: 'batch', path: 'M540 250H584' },
    { layer: 'batch', path: 'M720 250H764' },
    { layer: 'batch', path: 'M900 250C932 250 924 162 956 162' },
  ],
};

/** Top to bottom, for narrow screens: speed on the left, batch on the right. */
export const NARROW_LAYOUT: PictureLayout = {
  width: 328,
  height: 832,
  boxes: {
    producers: { layer: 'source', x: 84, y: 0, width: 160 },
    kafka: { layer: 'source', x: 84, y: 140, width: 160 },
    ingest: { layer: 'speed', x: 0, y: 296, width: 154 },
    hot: { layer: 'speed', x: 0, y: 576, width: 154 },
    compact: { layer: 'batch', x: 174, y: 296, width: 154 },
    lake: { layer: 'batch', x: 174, y: 436, width: 154 },
    gold: { layer: 'batch', x: 174, y: 576, width: 154 },
    serving: { layer: 'serving', x: 84, y: 724, width: 160 },
  },
  edges: [
    { layer: 'source', path: 'M164 108V140' },
    { layer: 'speed', path: 'M150 248C150 272 77 272 77 296' },
    { layer: 'speed', path: 'M77 404V576' },
    { layer: 'speed', path: 'M77 684C77 704 150 704 150 724' },
    { layer: 'batch', path: 'M178 248C178 272 251 272 251 296' },
    { layer: 'batch', path: 'M251 404V436' },
    { layer: 'batch', path: 'M251 544V576' },
    { layer: 'batch', path: 'M251 684C251 704 178 704 178 724' },
  ],
};
