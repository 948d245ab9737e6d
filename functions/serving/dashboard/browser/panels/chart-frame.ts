import uPlot from 'uplot';
import { formatTick } from '../../model/format.ts';
import { type Child, element } from '../dom.ts';
import { onThemeChange } from '../theme.ts';
import { formatAxisTimes } from './trend-times.ts';

/** What a chart over time draws. Its first series of data is the ascending bucket starts, in epoch seconds. */
export interface ChartPlan {
  data: uPlot.AlignedData;
  isBars: boolean;
  bucketSeconds: number;
  /** One for each series of data after the first. `colourOf` resolves a colour of the style sheet for the canvas. */
  series: (colourOf: (name: string) => string) => uPlot.Series[];
  /** The tooltip's lines for one bucket. */
  describeAt: (index: number) => Child[];
  /** What the chart says, in words: its text alternative. */
  label: string;
}

export interface ChartFrame {
  root: HTMLElement;
  draw(plan: ChartPlan): void;
}

/** A chart over time in UTC, with a tooltip that follows the pointer. Lives until the signal aborts. */
export function createChartFrame(title: string, signal: AbortSignal): ChartFrame {
  const host = element('div', { class: 'chart-host' });
  const tooltip = element('div', { class: 'chart-tooltip', hidden: true });
  const root = element('div', { class: 'chart', role: 'img', 'aria-label': title }, host, tooltip);
  let plan: ChartPlan | undefined;
  let plot: uPlot | undefined;

  const showTooltip = (chart: uPlot) => {
    const index = chart.cursor.idx ?? null;
    const second = index === null ? undefined : plan?.data[0][index];
    tooltip.hidden = second === undefined || (chart.cursor.left ?? -1) < 0;
    if (plan === undefined || index === null || second === undefined) return;
    tooltip.replaceChildren(...plan.describeAt(index).filter((child) => child !== null));
    const x = chart.valToPos(second, 'x') + chart.over.offsetLeft;
    const halfWidth = Math.max(70, tooltip.offsetWidth / 2);
    tooltip.style.left = `${Math.min(Math.max(x, halfWidth), host.clientWidth - halfWidth)}px`;
  };
  const rebuild = () => {
    plot?.destroy();
    plot = undefined;
    if (plan !== undefined && host.clientWidth > 0)
      plot = new uPlot(optionsFor(host, plan, showTooltip), plan.data, host);
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
    draw(next) {
      const isSameShape = plot !== undefined && plan !== undefined && shapeOf(plan) === shapeOf(next);
      plan = next;
      if (isSameShape) plot?.setData(next.data);
      else rebuild();
      root.setAttribute('aria-label', next.label);
    },
  };
}

/** Charts of one shape differ in their data only. */
function shapeOf({ isBars, bucketSeconds, data }: ChartPlan): string {
  return `${isBars} ${bucketSeconds} ${data.length}`;
}

function optionsFor(host: HTMLElement, plan: ChartPlan, onCursor: (chart: uPlot) => void): uPlot.Options {
  const colours = getComputedStyle(host);
  const colourOf = (name: string) => colours.getPropertyValue(name).trim();
  const font = `12px ${colours.fontFamily}`;
  const { isBars } = plan;
  const halfBucket = plan.bucketSeconds / 2;
  const axis: uPlot.Axis = { stroke: colourOf('--chart-text'), font, ticks: { show: false } };
  const base: uPlot.Series = {
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
    series: [{}, ...plan.series(colourOf).map((series) => ({ ...base, ...series }))],
    hooks: { setCursor: [onCursor] },
  };
}
