import type { Flow, FlowNode, NodeName } from '../../model/flow.ts';
import { svgElement } from '../dom.ts';
import { BOX_HEIGHT, type Layer, type PictureBox, type PictureLayout } from './picture-layout.ts';

const LAYER_LABELS: Record<Layer, string> = { source: '', speed: 'Speed', batch: 'Batch', serving: 'Serving' };
const PADDING = 14;

/** The architecture's data flow with its live counts. Edges move while events arrive. */
export function drawPicture(flow: Flow, layout: PictureLayout): SVGElement {
  const names = Object.keys(layout.boxes) as NodeName[];
  return svgElement(
    'svg',
    {
      class: `picture ${flow.isFlowing ? 'is-flowing' : ''}`,
      viewBox: `-1 -1 ${layout.width + 2} ${layout.height + 2}`,
      role: 'img',
      'aria-label': describePicture(flow, names),
    },
    ...layout.edges.flatMap((edge) => [
      svgElement('path', { class: `edge edge-${edge.layer}`, d: edge.path }),
      svgElement('path', { class: `pulse edge-${edge.layer}`, d: edge.path, pathLength: 100 }),
    ]),
    ...names.map((name) => drawBox(flow.nodes[name], layout.boxes[name])),
  );
}

function drawBox(node: FlowNode, box: PictureBox): SVGElement {
  const line = (className: string, y: number, content: string) =>
    svgElement('text', { class: className, x: PADDING, y }, shorten(content, (box.width - 2 * PADDING) / 6.6));
  return svgElement(
    'g',
    { class: `box box-${box.layer} box-${node.state}`, transform: `translate(${box.x} ${box.y})` },
    svgElement('rect', { width: box.width, height: BOX_HEIGHT, rx: 10 }),
    svgElement('circle', { class: 'box-dot', cx: PADDING + 4, cy: 21, r: 4 }),
    svgElement('text', { class: 'box-title', x: PADDING + 15, y: 25 }, node.title),
    svgElement('text', { class: 'box-figure', x: PADDING, y: 54 }, node.figure),
    line('box-unit', 73, node.unit),
    line('box-note', 92, node.note),
    svgElement('title', {}, `${LAYER_LABELS[box.layer]} ${describeNode(node)}`.trim()),
  );
}

/** SVG text does not wrap or end in dots by itself. */
function shorten(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, Math.floor(maxCharacters) - 1)}…`;
}

function describePicture(flow: Flow, names: NodeName[]): string {
  return `Data flow. ${names.map((name) => describeNode(flow.nodes[name])).join('. ')}.`;
}

function describeNode({ title, figure, unit, note, state }: FlowNode): string {
  return [`${title}: ${figure} ${unit}`.trim(), note, state === 'down' ? 'down' : '']
    .filter((part) => part !== '')
    .join(', ');
}
