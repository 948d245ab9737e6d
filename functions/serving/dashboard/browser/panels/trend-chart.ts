import uPlot from 'uplot';
import { formatTick } from '../../model/format.ts';
import type { Trend } from '../../model/sales.ts';
import { element } from '../dom.ts';
import { onThemeChange } from '../theme.ts';
import { formatAxisTimes, formatBucket } from './trend-times.ts';

/** Up to here each bucket is a bar; beyond it a line reads better. */
const MAX_BARS = 48;

export interface TrendChart {
  root: HTMLElement;
  /** `describe` words a value for the tooltip and for the text alternative. */
  update(trend: Trend, describe: (value: number) => string): void;
}

/** One measure over time, in UTC, with a tooltip that follows the pointer. Lives until the signal aborts. */
export function createTrendChart(title: string, signal: AbortSignal): TrendChart {
  const host = element('div', { class: 'chart-host' });
  const tooltip = element('div', { class: 'chart-tooltip', hidden: true });
  const root = element('div', { class: 'chart', role: 'img', 'aria-label': title }, host, tooltip);
  let plot: uPlot | undefined;
  let shape = '';
  let trend: Trend = { bucket: 'hour', seconds: [], values: [], isLastOpen: false };
  let describe = String as (value: number) => string;

  const showTooltip = (chart: uPlot) => {
    const index = chart.cursor.idx ?? null;
    const second = index === null ? undefined : trend.seconds[index];
    const value = index === null ? undefined : trend.values[index];
    tooltip.hidden = second === undefined || value === undefined || (chart.cursor.left ?? -1) < 0;
    if (second === undefined || value === undefined) return;
    tooltip.replaceChildren(
      element('strong', {}, describe(value)),
      element('span', {}, describeBucket(trend, index ?? 0)),
    );
    const x = chart.valToPos(second, 'x') + chart.over.offsetLeft;
    tooltip.style.left = `${Math.min(Math.max(x, 70), host.clientWidth - 70)}px`;
  };
  const rebuild = () => {
    plot?.destroy();
    plot = undefined;
    if (host.clientWidth > 0) plot = new uPlot(optionsFor(host, trend, showTooltip), toData(trend), host);
  };

  onThemeChange(rebuild, signal);
  const observer = new ResizeObserver(() => {
    if (plot === undefined) rebuild();
    else plot.setSize({ width: host.clientWidth, height: host.clientHeight });
  });
  observer.observe(host);
  signal.addEventListener('abort', () => {
    observer.disconnect();
    plot?.destroy();
  });

  return {
    root,
    update(nextTrend, nextDescribe) {
      trend = nextTrend;
      describe = nextDescribe;
      const nextShape = `${trend.bucket} ${isBarChart(trend)}`;
      if (plot === undefined || nextShape !== shape) rebuild();
      else plot.setData(toData(trend));
      shape = nextShape;
      root.setAttribute('aria-label', describeTrend(title, trend, describe));
    },
  };
}

function optionsFor(host: HTMLElement, trend: Trend, onCursor: (chart: uPlot) => void): uPlot.Options {
  const colours = getComputedStyle(host);
  const colourOf = (name: string) => colours.getPropertyValue(name).trim();
  const font = `12px ${colours.fontFamily}`;
  const isBars = isBarChart(trend);
  const halfBucket = (trend.bucket === 'hour' ? 3600 : 86_400) / 2;
  const axis: uPlot.Axis = { stroke: colourOf('--chart-text'), font, ticks: { show: false } };
  const series = {
    width: isBars ? 0 : 1.75,
    points: { show: false },
    ...(isBars && uPlot.paths.bars !== undefined
      ? { paths: uPlot.paths.bars({ size: [0.72, 40], radius: 0.15 }) }
      : {}),
  };
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    legend: { show: false },
    padding: [12, 18, 0, 0],
    tzDate: (second) => uPlot.tzDate(new Date(second * 1000), 'Etc/UTC'),
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isBars, size: 8 } },
    scales: {
      x: { range: (_, min, max) => (isBars ? [min - halfBucket, max + halfBucket] : [min, max]) },
      y: { range: (_, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      { ...axis, size: 30, grid: { show: false }, space: 64, values: (_, splits) => formatAxisTimes(splits) },
      {
        ...axis,
        size: 52,
        space: 44,
        grid: { stroke: colourOf('--chart-grid'), width: 1 },
        values: (_, splits) => splits.map(formatTick),
      },
    ],
    series: [
      {},
      {
        ...series,
        stroke: colourOf('--chart-line'),
        fill: colourOf(isBars ? '--chart-line' : '--chart-fill'),
      },
      {
        ...series,
        stroke: colourOf('--chart-line'),
        fill: colourOf('--chart-fill'),
        width: isBars ? 1 : series.width,
        dash: [3, 3],
      },
    ],
    hooks: { setCursor: [onCursor] },
  };
}

/** The present bucket is a series of its own, so that "so far" does not look like a fall. */
function toData(trend: Trend): uPlot.AlignedData {
  if (!trend.isLastOpen) return [trend.seconds, trend.values, trend.values.map(() => null)];
  const last = trend.values.length - 1;
  const firstOpen = isBarChart(trend) ? last : last - 1;
  return [
    trend.seconds,
    trend.values.map((value, index) => (index < last ? value : null)),
    trend.values.map((value, index) => (index >= firstOpen ? value : null)),
  ];
}

function isBarChart(trend: Trend): boolean {
  return trend.seconds.length <= MAX_BARS;
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
