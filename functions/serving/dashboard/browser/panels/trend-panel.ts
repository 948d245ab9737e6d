import { formatCount, formatMoney, formatNoun } from '../../model/format.ts';
import { buildTrend, type SalesRow, type Trend, type TrendMeasure } from '../../model/sales.ts';
import type { TimeRange } from '../../model/time.ts';
import { element } from '../dom.ts';
import { createPanel, drawEmpty, type Panel } from './panel.ts';
import { createSegmented } from './segmented.ts';
import { createTrendChart } from './trend-chart.ts';

/** The rows with the period that was asked for: the choice may have moved on when they arrive. Null is open-ended. */
export interface TrendAnswer {
  rows: SalesRow<'hourly_sales_trend'>[];
  range: TimeRange | null;
  /** Whether there are older rows that the answer left out. */
  isCut: boolean;
}

/** What stands where a period has none, in all panels of sales. */
export const NO_SALES = ['No sales in this period', 'Choose a longer one, or produce some events.'] as const;

const REVENUE = { id: 'total_revenue', label: 'Revenue', describe: formatMoney } as const;

const MEASURES: readonly { id: TrendMeasure; label: string; describe: (value: number) => string }[] = [
  REVENUE,
  { id: 'transaction_count', label: 'Transactions', describe: (value) => formatNoun(value, 'transaction') },
  { id: 'total_quantity', label: 'Units', describe: (value) => formatNoun(value, 'unit') },
];

/** Sales per hour, or per day over long periods, of the measure that the reader chooses. */
export function createTrendPanel(now: () => number, signal: AbortSignal): Panel<TrendAnswer> {
  const chart = createTrendChart('Sales', signal);
  let measure = MEASURES[0] ?? REVENUE;
  let shown: TrendAnswer | undefined;

  const updateChart = ({ rows, range }: TrendAnswer): Trend => {
    const trend = buildTrend(rows, measure.id, range, now());
    chart.update(trend, measure.describe);
    return trend;
  };
  const controls = createSegmented({
    legend: 'Measure',
    choices: MEASURES,
    selected: measure.id,
    onSelect(id) {
      measure = MEASURES.find((candidate) => candidate.id === id) ?? measure;
      if (shown !== undefined) updateChart(shown);
    },
  });
  return createPanel<TrendAnswer>({
    title: 'Hourly trend',
    columns: 8,
    controls,
    skeletonRows: 6,
    draw(answer) {
      shown = answer;
      if (answer.rows.length === 0) return drawEmpty(...NO_SALES);
      const { bucket } = updateChart(answer);
      return [chart.root, ...drawNotes(bucket, answer)];
    },
  });
}

function drawNotes(bucket: Trend['bucket'], { rows, isCut }: TrendAnswer): HTMLElement[] {
  const notes = [
    bucket === 'day' ? 'Long periods are added up by day.' : '',
    isCut ? `Only the newest ${formatCount(rows.length)} hours with sales are drawn.` : '',
  ].filter((note) => note !== '');
  return notes.length === 0 ? [] : [element('p', { class: 'sub' }, notes.join(' '))];
}
