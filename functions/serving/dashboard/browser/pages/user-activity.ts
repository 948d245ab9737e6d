import { barsByEventSource, barsByLoginSource, barsByPage, describeGrowth } from '../../model/activity.ts';
import type { GetJson } from '../../model/api.ts';
import type { Bar } from '../../model/bars.ts';
import type {
  ActivityTotals,
  Answer,
  EventsPerMinute,
  EventsPerSource,
  LoginsPerSource,
  PagePurchases,
  UserEventRow,
  UserGrowth,
} from '../../model/contract.ts';
import { formatCount, formatHeadline, formatNoun, formatShare, UNKNOWN } from '../../model/format.ts';
import { dayOf, rangeOfDays, rangeOfMinutes } from '../../model/time.ts';
import { element } from '../dom.ts';
import { bindPage, type Page } from '../page.ts';
import { drawAnswerState } from '../panels/answer-state.ts';
import { drawBars } from '../panels/bars.ts';
import { createFigures, type Figure } from '../panels/figures.ts';
import { drawGrowth } from '../panels/growth-table.ts';
import { createMinutesPanel, type MinutesAnswer } from '../panels/minutes-panel.ts';
import { createPanel, drawEmpty } from '../panels/panel.ts';
import { drawUserEvents } from '../panels/user-events.ts';

const INTERVAL_MS = 10_000;
const QUERIES = 'v1/queries/user_events';
const LABELS = ['Active users', 'Conversion', 'Purchases', 'Events'];
const MINUTES_SHOWN = 60;
const DAYS_SHOWN = 7;
const PAGES_SHOWN = 6;
const EVENTS_SHOWN = 12;
/** Above what an hour of minutes has, whatever types and sources there are. */
const MAX_WINDOWS = 10_000;

interface ActivitySources {
  totals: Answer<ActivityTotals>;
  growth: Answer<UserGrowth>;
  minutes: MinutesAnswer;
  logins: Answer<LoginsPerSource>;
  sources: Answer<EventsPerSource>;
  pages: Answer<PagePurchases>;
  events: Answer<UserEventRow>;
}

/** Who is here, what they do, and how complete the answer is. */
export const userActivityPage: Page = {
  path: '/activity',
  title: 'User Activity',
  summary: 'Who is here and what they do: today (UTC) and the last hour, each event once.',
  intervalMs: INTERVAL_MS,
  mount({ getJson, now, signal }) {
    const panels = createPanels(now, signal);
    return bindPage<ActivitySources>({
      root: layOut(panels),
      intervalMs: INTERVAL_MS,
      sources: createSources(getJson, now),
      draw({ states }) {
        const growth = states.growth.data?.data ?? [];
        const { data } = states.totals;
        // A copy: the figures also show the growth, and so change when either does.
        panels.figures.update({ ...states.totals, data: data && { totals: data.data[0], growth } });
        panels.minutes.update(states.minutes);
        panels.answer.update(states.totals);
        panels.logins.update(states.logins);
        panels.sources.update(states.sources);
        panels.pages.update(states.pages);
        panels.growth.update(states.growth);
        panels.events.update(states.events);
      },
    });
  },
};

function createSources(getJson: GetJson, now: () => number) {
  const read = <Row>(query: string, parameters: Record<string, string | number> = {}) =>
    getJson<Answer<Row>>(`${QUERIES}/${query}`, parameters);
  const today = () => ({ ...rangeOfDays(1, now()) });
  const lastHour = () => ({ ...rangeOfMinutes(MINUTES_SHOWN, now()), limit: MAX_WINDOWS });
  return {
    totals: () => read<ActivityTotals>('activity_totals', today()),
    growth: () => read<UserGrowth>('dau_growth', { ...rangeOfDays(DAYS_SHOWN, now()) }),
    minutes: async () => {
      const asked = lastHour();
      const { data } = await read<EventsPerMinute>('events_per_minute', asked);
      return { rows: data, range: asked };
    },
    logins: () => read<LoginsPerSource>('logins_per_source', lastHour()),
    sources: () => read<EventsPerSource>('events_per_source', today()),
    pages: () => read<PagePurchases>('top_pages', { ...today(), limit: PAGES_SHOWN }),
    events: () => read<UserEventRow>('latest_events', { limit: EVENTS_SHOWN }),
  };
}

function createPanels(now: () => number, signal: AbortSignal) {
  return {
    figures: createFigures<Today>({
      title: 'Key figures of today',
      labels: LABELS,
      draw: (today) => drawFigures(today, dayOf(now())),
    }),
    minutes: createMinutesPanel(signal),
    answer: createPanel<Answer<ActivityTotals>>({
      title: 'Completeness',
      columns: 4,
      skeletonRows: 6,
      draw: ({ meta }) => drawAnswerState(meta, now()),
    }),
    logins: createPanel<Answer<LoginsPerSource>>({
      title: 'Logins per source',
      columns: 4,
      caption: 'last hour',
      draw: ({ data }) => drawBarsOr('No logins in the last hour', barsByLoginSource(data), { hasShares: true }),
    }),
    sources: createPanel<Answer<EventsPerSource>>({
      title: 'Events per source',
      columns: 4,
      caption: 'today',
      draw: ({ data }) => drawBarsOr('No events today', barsByEventSource(data), { hasShares: true }),
    }),
    pages: createPanel<Answer<PagePurchases>>({
      title: 'Top pages by purchases',
      columns: 4,
      caption: 'today',
      skeletonRows: 5,
      draw: ({ data }) => drawBarsOr('No purchases today', barsByPage(data), { hasShares: false }),
    }),
    growth: createPanel<Answer<UserGrowth>>({
      title: 'Week over week',
      columns: 4,
      caption: 'daily active users',
      skeletonRows: 5,
      draw: ({ data }) => drawGrowth(data, dayOf(now())),
    }),
    events: createEventsPanel(now),
  };
}

function layOut({ logins, sources, figures, minutes, answer, pages, growth, events }: ReturnType<typeof createPanels>) {
  return element(
    'div',
    { class: 'grid' },
    ...[figures, minutes, answer].map((panel) => panel.root),
    element('div', { class: 'span-4 stack' }, logins.root, sources.root),
    ...[pages, growth, events].map((panel) => panel.root),
  );
}

/** The last events, those of the newest round marked. */
function createEventsPanel(now: () => number) {
  let known: ReadonlySet<string> | undefined;
  return createPanel<Answer<UserEventRow>>({
    title: 'Live events',
    columns: 12,
    skeletonRows: 6,
    draw({ data }) {
      const before = known;
      known = new Set(data.map((row) => row.event_id));
      const isNew = (row: UserEventRow) => before !== undefined && !before.has(row.event_id);
      return data.length === 0 ? drawNoEvents() : drawUserEvents(data, isNew, now());
    },
  });
}

interface Today {
  /** Undefined while nothing happened. */
  totals: ActivityTotals | undefined;
  growth: readonly UserGrowth[];
}

function drawFigures({ totals, growth }: Today, day: string): Figure[] {
  const exact = (value: number) => ({ value: formatHeadline(value), exact: formatCount(value) });
  const users = totals?.active_users ?? 0;
  return [
    { label: 'Active users', ...exact(users), note: describeGrowth(growth, day) },
    {
      label: 'Conversion',
      value: totals === undefined ? UNKNOWN : formatShare(totals.conversion_rate, 1),
      note: `${formatCount(totals?.unique_buyers ?? 0)} of ${formatNoun(users, 'user')} bought`,
    },
    { label: 'Purchases', ...exact(totals?.purchase_count ?? 0), note: 'today so far' },
    { label: 'Events', ...exact(totals?.event_count ?? 0), note: 'today so far, each once' },
  ];
}

function drawBarsOr(headline: string, bars: readonly Bar[], options: { hasShares: boolean }): HTMLElement {
  return bars.length === 0 ? drawEmpty(headline) : drawBars(bars, options);
}

function drawNoEvents(): HTMLElement {
  const command = element('code', {}, 'npm run generate -- user_events');
  return drawEmpty(
    'No events in the last ten minutes',
    element('span', {}, 'Run ', command, ' and watch them arrive.'),
  );
}
