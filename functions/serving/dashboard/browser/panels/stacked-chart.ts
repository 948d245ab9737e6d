import type { MinuteStack } from '../../model/activity.ts';
import { formatCount, formatNoun, formatShare } from '../../model/format.ts';
import { element } from '../dom.ts';
import { createChartFrame } from './chart-frame.ts';
import { formatBucket } from './trend-times.ts';

/** As many as the style sheet has colours: `--series-0` and so on. */
const COLOURS = 5;

export interface StackedChart {
  /** The chart, and below it the legend with the sum of each series. */
  roots: HTMLElement[];
  update(stack: MinuteStack): void;
}

/** Counts per minute, stacked by kind. The last bar is the present minute, so far. */
export function createStackedChart(title: string, signal: AbortSignal): StackedChart {
  const frame = createChartFrame(title, signal);
  const legend = element('ul', { class: 'legend' });
  return {
    roots: [frame.root, legend],
    update(stack) {
      const { seconds, series } = stack;
      const sums = addUp(series.map(({ values }) => values));
      // Drawn from the tallest sum down: each bar covers the lower part of the one before it.
      const layers = series.map((_, index) => index).reverse();
      frame.draw({
        data: [seconds, ...layers.map((index) => sums[index] ?? [])],
        isBars: true,
        bucketSeconds: 60,
        series: (colourOf) =>
          layers.map((index) => {
            const colour = colourOf(nameColour(index));
            return { stroke: colour, fill: colour };
          }),
        describeAt: (index) => describeMinute(stack, index),
        label: describeStack(title, stack),
      });
      const whole = series.reduce((sum, { total }) => sum + total, 0);
      legend.replaceChildren(
        ...series.map(({ label, total }, index) =>
          element(
            'li',
            {},
            element('span', { class: `swatch swatch-${index % COLOURS}`, 'aria-hidden': 'true' }),
            `${label} `,
            element('strong', {}, formatCount(total)),
            element('span', { class: 'muted' }, ` ${formatShare(total, whole)}`),
          ),
        ),
      );
    },
  };
}

/** The n-th answer is the sum of the first n + 1 lists. */
function addUp(lists: readonly number[][]): number[][] {
  const sums: number[][] = [];
  for (const list of lists) {
    const below = sums.at(-1);
    sums.push(list.map((value, index) => value + (below?.[index] ?? 0)));
  }
  return sums;
}

function nameColour(index: number): string {
  return `--series-${index % COLOURS}`;
}

function describeMinute({ seconds, series }: MinuteStack, index: number): HTMLElement[] {
  const total = series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0);
  const isOpen = index === seconds.length - 1;
  const parts = series.map(({ label, values }) => `${label} ${formatCount(values[index] ?? 0)}`);
  return [
    element('strong', {}, formatNoun(total, 'event')),
    element('span', {}, parts.join(' · ')),
    element('span', {}, `${formatBucket(seconds[index] ?? 0, 'minute')}${isOpen ? ', so far' : ''}`),
  ];
}

function describeStack(title: string, { seconds, series }: MinuteStack): string {
  const sums = series.map(({ label, total }) => `${label} ${formatCount(total)}`);
  return `${title}, ${formatNoun(seconds.length, 'minute')}: ${sums.join(', ')}`;
}
