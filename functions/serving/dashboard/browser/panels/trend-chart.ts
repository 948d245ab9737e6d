import type uPlot from 'uplot';
import type { Trend } from '../../model/sales.ts';
import { element } from '../dom.ts';
import { createChartFrame } from './chart-frame.ts';
import { formatBucket } from './trend-times.ts';

/** Up to here each bucket is a bar; beyond it a line reads better. */
const MAX_BARS = 48;
const BUCKET_SECONDS = { hour: 3600, day: 86_400 };

export interface TrendChart {
  root: HTMLElement;
  /** `describe` words a value for the tooltip and for the text alternative. */
  update(trend: Trend, describe: (value: number) => string): void;
}

/** One measure over time, as bars or as a line; the present bucket is drawn as what it is: not over yet. */
export function createTrendChart(title: string, signal: AbortSignal): TrendChart {
  const frame = createChartFrame(title, signal);
  return {
    root: frame.root,
    update(trend, describe) {
      const isBars = trend.seconds.length <= MAX_BARS;
      frame.draw({
        data: toData(trend, isBars),
        isBars,
        bucketSeconds: BUCKET_SECONDS[trend.bucket],
        series: (colourOf) => listSeries(isBars, colourOf),
        describeAt: (index) => [
          element('strong', {}, describe(trend.values[index] ?? 0)),
          element('span', {}, describeBucket(trend, index)),
        ],
        label: describeTrend(title, trend, describe),
      });
    },
  };
}

function listSeries(isBars: boolean, colourOf: (name: string) => string): uPlot.Series[] {
  const stroke = colourOf('--chart-line');
  const fill = colourOf('--chart-fill');
  return [
    { stroke, fill: isBars ? stroke : fill },
    { stroke, fill, ...(isBars ? { width: 1 } : {}), dash: [3, 3] },
  ];
}

/** The present bucket is a series of its own, so that "so far" does not look like a fall. */
function toData(trend: Trend, isBars: boolean): uPlot.AlignedData {
  if (!trend.isLastOpen) return [trend.seconds, trend.values, trend.values.map(() => null)];
  const last = trend.values.length - 1;
  const firstOpen = isBars ? last : last - 1;
  return [
    trend.seconds,
    trend.values.map((value, index) => (index < last ? value : null)),
    trend.values.map((value, index) => (index >= firstOpen ? value : null)),
  ];
}

function describeBucket({ seconds, bucket, isLastOpen }: Trend, index: number): string {
  const text = formatBucket(seconds[index] ?? 0, bucket);
  return isLastOpen && index === seconds.length - 1 ? `${text}, so far` : text;
}

function describeTrend(title: string, trend: Trend, describe: (value: number) => string): string {
  const peak = trend.values.reduce((best, value, index) => (value > (trend.values[best] ?? 0) ? index : best), 0);
  const second = trend.seconds[peak];
  if (second === undefined) return `${title}: no data`;
  return `${title} per ${trend.bucket}: highest ${describe(trend.values[peak] ?? 0)}, ${formatBucket(second, trend.bucket)}`;
}
