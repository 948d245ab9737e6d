import type { retailRows } from '@tidemark/domains/retail_events/rows';
import type { GetJson } from '../../model/api.ts';
import type { Answer } from '../../model/contract.ts';
import { formatMoney, formatMoneyHeadline, formatNoun, formatShare, UNKNOWN } from '../../model/format.ts';
import { createQueryReader } from '../../model/query-reader.ts';
import { barsByCategory, barsByStore, type SalesRow, summariseSales } from '../../model/sales.ts';
import { PERIODS, type Period, rangeOf } from '../../model/time.ts';
import { element } from '../dom.ts';
import { bindPage, type Page } from '../page.ts';
import { createAnswerPanel } from '../panels/answer-panel.ts';
import { createBarsPanel } from '../panels/bars-panel.ts';
import { createEventsPanel } from '../panels/events-panel.ts';
import { createFigures, exactly, type Figure } from '../panels/figures.ts';
import { drawLatency } from '../panels/latency.ts';
import { createPanel } from '../panels/panel.ts';
import { drawSalesEvents } from '../panels/sales-events.ts';
import { createSegmented } from '../panels/segmented.ts';
import { createTrendPanel, NO_SALES, type TrendAnswer } from '../panels/trend-panel.ts';

const INTERVAL_MS = 5000;
const DOMAIN = 'retail_events';
const LABELS = ['Revenue', 'Sales', 'Units sold', 'Average sale', 'Returns'];
const STORES_SHOWN = 5;
const EVENTS_SHOWN = 10;
/** The most that the API gives: 416 days of sales around the clock. */
const MAX_HOURS = 10_000;

type SalesAnswer<Name extends keyof typeof retailRows> = Answer<SalesRow<Name>>;

interface SalesSources {
  totals: SalesAnswer<'sales_totals'>;
  categories: SalesAnswer<'sales_by_category'>;
  stores: SalesAnswer<'sales_by_store'>;
  trend: TrendAnswer;
  events: SalesAnswer<'latest_events'>;
  latency: SalesAnswer<'ingest_latency'>;
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
  const read = createQueryReader<typeof retailRows>(getJson, DOMAIN);
  const range = () => ({ ...rangeOf(period(), now()) });
  return {
    totals: () => read('sales_totals', range()),
    categories: () => read('sales_by_category', range()),
    stores: () => read('sales_by_store', { ...range(), limit: STORES_SHOWN }),
    trend: async () => {
      const asked = rangeOf(period(), now());
      const { data } = await read('hourly_sales_trend', { ...asked, limit: MAX_HOURS });
      return { rows: data, range: asked, isCut: data.length === MAX_HOURS };
    },
    events: () => read('latest_events', { limit: EVENTS_SHOWN }),
    latency: () => read('ingest_latency'),
  };
}

function createPanels(now: () => number, signal: AbortSignal) {
  return {
    figures: createFigures<SalesAnswer<'sales_totals'>>({
      title: 'Key figures',
      labels: LABELS,
      draw: ({ data }) => drawFigures(data),
    }),
    trend: createTrendPanel(now, signal),
    answer: createAnswerPanel<SalesRow<'sales_totals'>>(now),
    categories: createBarsPanel({
      title: 'Sales by category',
      skeletonRows: 5,
      toBars: barsByCategory,
      hasShares: true,
      empty: NO_SALES,
    }),
    stores: createBarsPanel({
      title: 'Sales by store',
      caption: `top ${STORES_SHOWN}`,
      skeletonRows: 5,
      toBars: barsByStore,
      hasShares: false,
      empty: NO_SALES,
    }),
    latency: createPanel<SalesAnswer<'ingest_latency'>>({
      title: 'Kafka to stored',
      columns: 4,
      caption: 'last 5 minutes',
      draw: ({ data }) => drawLatency(data[0]),
    }),
    events: createEventsPanel<SalesRow<'latest_events'>>({
      title: 'Last events',
      domain: DOMAIN,
      draw: (rows) => drawSalesEvents(rows, now()),
    }),
  };
}

function drawFigures(rows: readonly SalesRow<'sales_totals'>[]): Figure[] {
  const summary = summariseSales(rows);
  return [
    {
      label: 'Revenue',
      value: formatMoneyHeadline(summary.revenue),
      exact: formatMoney(summary.revenue),
      note: `${formatMoneyHeadline(summary.refunded)} returned`,
    },
    { label: 'Sales', ...exactly(summary.sales), note: formatNoun(summary.restocks, 'restock') },
    { label: 'Units sold', ...exactly(summary.units), note: 'over all sales' },
    {
      label: 'Average sale',
      value: summary.averageSale === null ? UNKNOWN : formatMoney(summary.averageSale),
      note: 'revenue per sale',
    },
    {
      label: 'Returns',
      ...exactly(summary.returns),
      note: `${formatShare(summary.returns, summary.sales + summary.returns)} of sales and returns`,
    },
  ];
}
