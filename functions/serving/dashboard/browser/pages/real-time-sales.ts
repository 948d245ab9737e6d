import type { GetJson } from '../../model/api.ts';
import type { Bar } from '../../model/bars.ts';
import type {
  Answer,
  HourlySales,
  IngestLatency,
  RetailEventRow,
  SalesByCategory,
  SalesByStore,
  SalesTotals,
} from '../../model/contract.ts';
import {
  formatCount,
  formatHeadline,
  formatMoney,
  formatMoneyHeadline,
  formatNoun,
  formatShare,
  UNKNOWN,
} from '../../model/format.ts';
import { barsByCategory, barsByStore, summariseSales } from '../../model/sales.ts';
import { PERIODS, type Period, rangeOf } from '../../model/time.ts';
import { element } from '../dom.ts';
import { bindPage, type Page } from '../page.ts';
import { drawAnswerState } from '../panels/answer-state.ts';
import { drawBars } from '../panels/bars.ts';
import { createFigures, type Figure } from '../panels/figures.ts';
import { drawLatency } from '../panels/latency.ts';
import { createPanel, drawEmpty } from '../panels/panel.ts';
import { drawSalesEvents } from '../panels/sales-events.ts';
import { createSegmented } from '../panels/segmented.ts';
import { createTrendPanel, type TrendAnswer } from '../panels/trend-panel.ts';

const INTERVAL_MS = 5000;
const QUERIES = 'v1/queries/retail_events';
const LABELS = ['Revenue', 'Sales', 'Units sold', 'Average sale', 'Returns'];
const STORES_SHOWN = 5;
const EVENTS_SHOWN = 10;
/** The most that the API gives: 416 days of sales around the clock. */
const MAX_HOURS = 10_000;

interface SalesSources {
  totals: Answer<SalesTotals>;
  categories: Answer<SalesByCategory>;
  stores: Answer<SalesByStore>;
  trend: TrendAnswer;
  events: Answer<RetailEventRow>;
  latency: Answer<IngestLatency>;
}

/** Sales as they happen, and how complete the answer is. */
export const realTimeSalesPage: Page = {
  path: '/sales',
  title: 'Real-Time Sales',
  summary: 'What sells now, from the lake and the hot tables as one answer.',
  intervalMs: INTERVAL_MS,
  mount({ getJson, now, refresh, signal }) {
    let period: Period = PERIODS[0];
    const panels = createPanels(now, signal);
    const controls = createSegmented({
      legend: 'Period',
      choices: PERIODS,
      selected: period.id,
      onSelect(id) {
        period = PERIODS.find((candidate) => candidate.id === id) ?? period;
        refresh();
      },
    });
    return bindPage<SalesSources>({
      root: element('div', { class: 'grid' }, ...Object.values(panels).map((panel) => panel.root)),
      controls,
      intervalMs: INTERVAL_MS,
      sources: createSources(getJson, now, () => period),
      draw({ states }) {
        panels.figures.update(states.totals);
        panels.trend.update(states.trend);
        panels.answer.update(states.totals);
        panels.categories.update(states.categories);
        panels.stores.update(states.stores);
        panels.latency.update(states.latency);
        panels.events.update(states.events);
      },
    });
  },
};

function createSources(getJson: GetJson, now: () => number, period: () => Period) {
  const range = () => ({ ...rangeOf(period(), now()) });
  return {
    totals: () => getJson<Answer<SalesTotals>>(`${QUERIES}/sales_totals`, range()),
    categories: () => getJson<Answer<SalesByCategory>>(`${QUERIES}/sales_by_category`, range()),
    stores: () => getJson<Answer<SalesByStore>>(`${QUERIES}/sales_by_store`, { ...range(), limit: STORES_SHOWN }),
    trend: async () => {
      const asked = rangeOf(period(), now());
      const parameters = { ...asked, limit: MAX_HOURS };
      const { data } = await getJson<Answer<HourlySales>>(`${QUERIES}/hourly_sales_trend`, parameters);
      return { rows: data, range: asked, isCut: data.length === MAX_HOURS };
    },
    events: () => getJson<Answer<RetailEventRow>>(`${QUERIES}/latest_events`, { limit: EVENTS_SHOWN }),
    latency: () => getJson<Answer<IngestLatency>>(`${QUERIES}/ingest_latency`),
  };
}

function createPanels(now: () => number, signal: AbortSignal) {
  return {
    figures: createFigures<Answer<SalesTotals>>({
      title: 'Key figures',
      labels: LABELS,
      draw: ({ data }) => drawFigures(data),
    }),
    trend: createTrendPanel(now, signal),
    answer: createPanel<Answer<SalesTotals>>({
      title: 'Completeness',
      columns: 4,
      skeletonRows: 6,
      draw: ({ meta }) => drawAnswerState(meta, now()),
    }),
    categories: createPanel<Answer<SalesByCategory>>({
      title: 'Sales by category',
      columns: 4,
      skeletonRows: 5,
      draw: ({ data }) => drawBarsOrEmpty(barsByCategory(data), { hasShares: true }),
    }),
    stores: createPanel<Answer<SalesByStore>>({
      title: 'Sales by store',
      columns: 4,
      caption: `top ${STORES_SHOWN}`,
      skeletonRows: 5,
      draw: ({ data }) => drawBarsOrEmpty(barsByStore(data), { hasShares: false }),
    }),
    latency: createPanel<Answer<IngestLatency>>({
      title: 'End-to-end latency',
      columns: 4,
      caption: 'last 5 minutes',
      draw: ({ data }) => drawLatency(data[0]),
    }),
    events: createPanel<Answer<RetailEventRow>>({
      title: 'Last events',
      columns: 12,
      skeletonRows: 6,
      draw: ({ data }) => (data.length === 0 ? drawNoEvents() : drawSalesEvents(data, now())),
    }),
  };
}

function drawFigures(rows: readonly SalesTotals[]): Figure[] {
  const summary = summariseSales(rows);
  const exact = (value: number) => ({ value: formatHeadline(value), exact: formatCount(value) });
  return [
    {
      label: 'Revenue',
      value: formatMoneyHeadline(summary.revenue),
      exact: formatMoney(summary.revenue),
      note: `${formatMoneyHeadline(summary.refunded)} returned`,
    },
    { label: 'Sales', ...exact(summary.sales), note: formatNoun(summary.restocks, 'restock') },
    { label: 'Units sold', ...exact(summary.units), note: 'over all sales' },
    {
      label: 'Average sale',
      value: summary.averageSale === null ? UNKNOWN : formatMoney(summary.averageSale),
      note: 'revenue per sale',
    },
    {
      label: 'Returns',
      ...exact(summary.returns),
      note: `${formatShare(summary.returns, summary.sales + summary.returns)} of sales and returns`,
    },
  ];
}

function drawBarsOrEmpty(bars: readonly Bar[], options: { hasShares: boolean }): HTMLElement {
  return bars.length === 0
    ? drawEmpty('No sales in this period', 'Choose a longer one, or produce some events.')
    : drawBars(bars, options);
}

function drawNoEvents(): HTMLElement {
  return drawEmpty(
    'No events in the last ten minutes',
    element('span', {}, 'Run ', element('code', {}, 'npm run generate -- retail_events'), ' and watch them arrive.'),
  );
}
