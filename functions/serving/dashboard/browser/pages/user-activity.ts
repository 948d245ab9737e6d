import type { userRows } from '@tidemark/domains/user_events/rows';
import {
  type ActivityRow,
  barsByEventSource,
  barsByLoginSource,
  barsByPage,
  describeGrowth,
} from '../../model/activity.ts';
import type { GetJson } from '../../model/api.ts';
import type { Answer } from '../../model/contract.ts';
import { formatCount, formatNoun, formatShare, UNKNOWN } from '../../model/format.ts';
import { createQueryReader } from '../../model/query-reader.ts';
import { dayOf, rangeOfDays, rangeOfMinutes } from '../../model/time.ts';
import { element } from '../dom.ts';
import { bindPage, type Page } from '../page.ts';
import { createAnswerPanel } from '../panels/answer-panel.ts';
import { createBarsPanel } from '../panels/bars-panel.ts';
import { createEventsPanel } from '../panels/events-panel.ts';
import { createFigures, exactly, type Figure } from '../panels/figures.ts';
import { drawGrowth } from '../panels/growth-table.ts';
import { createMinutesPanel, type MinutesAnswer } from '../panels/minutes-panel.ts';
import { createPanel } from '../panels/panel.ts';
import { drawUserEvents } from '../panels/user-events.ts';

const INTERVAL_MS = 10_000;
const DOMAIN = 'user_events';
const LABELS = ['Active users', 'Conversion', 'Purchases', 'Events'];
const MINUTES_SHOWN = 60;
const DAYS_SHOWN = 7;
const PAGES_SHOWN = 6;
const EVENTS_SHOWN = 12;
/** Above what an hour of minutes has, whatever types and sources there are. */
const MAX_WINDOWS = 10_000;

type ActivityAnswer<Name extends keyof typeof userRows> = Answer<ActivityRow<Name>>;

interface ActivitySources {
  totals: ActivityAnswer<'activity_totals'>;
  growth: ActivityAnswer<'dau_growth'>;
  minutes: MinutesAnswer;
  logins: ActivityAnswer<'logins_per_source'>;
  sources: ActivityAnswer<'events_per_source'>;
  pages: ActivityAnswer<'top_pages'>;
  events: ActivityAnswer<'latest_events'>;
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
  const read = createQueryReader<typeof userRows>(getJson, DOMAIN);
  const today = () => ({ ...rangeOfDays(1, now()) });
  const lastHour = () => ({ ...rangeOfMinutes(MINUTES_SHOWN, now()), limit: MAX_WINDOWS });
  return {
    totals: () => read('activity_totals', today()),
    growth: () => read('dau_growth', { ...rangeOfDays(DAYS_SHOWN, now()) }),
    minutes: async () => {
      const asked = lastHour();
      const { data } = await read('events_per_minute', asked);
      return { rows: data, range: asked };
    },
    logins: () => read('logins_per_source', lastHour()),
    sources: () => read('events_per_source', today()),
    pages: () => read('top_pages', { ...today(), limit: PAGES_SHOWN }),
    events: () => read('latest_events', { limit: EVENTS_SHOWN }),
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
    answer: createAnswerPanel<ActivityRow<'activity_totals'>>(now),
    logins: createBarsPanel({
      title: 'Logins per source',
      caption: 'last hour',
      toBars: barsByLoginSource,
      hasShares: true,
      empty: ['No logins in the last hour'],
    }),
    sources: createBarsPanel({
      title: 'Events per source',
      caption: 'today',
      toBars: barsByEventSource,
      hasShares: true,
      empty: ['No events today'],
    }),
    pages: createBarsPanel({
      title: 'Top pages by purchases',
      caption: 'today',
      skeletonRows: 5,
      toBars: barsByPage,
      hasShares: false,
      empty: ['No purchases today'],
    }),
    growth: createPanel<ActivityAnswer<'dau_growth'>>({
      title: 'Week over week',
      columns: 4,
      caption: 'daily active users',
      skeletonRows: 5,
      draw: ({ data }) => drawGrowth(data, dayOf(now())),
    }),
    events: createLiveEventsPanel(now),
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
function createLiveEventsPanel(now: () => number) {
  let known: ReadonlySet<string> | undefined;
  return createEventsPanel<ActivityRow<'latest_events'>>({
    title: 'Live events',
    domain: DOMAIN,
    draw(rows) {
      const before = known;
      known = new Set(rows.map((row) => row.event_id));
      return drawUserEvents(rows, (row) => before !== undefined && !before.has(row.event_id), now());
    },
  });
}

interface Today {
  /** Undefined while nothing happened. */
  totals: ActivityRow<'activity_totals'> | undefined;
  growth: readonly ActivityRow<'dau_growth'>[];
}

function drawFigures({ totals, growth }: Today, day: string): Figure[] {
  const users = totals?.active_users ?? 0;
  return [
    { label: 'Active users', ...exactly(users), note: describeGrowth(growth, day) },
    {
      label: 'Conversion',
      value: totals === undefined ? UNKNOWN : formatShare(totals.conversion_rate, 1),
      note: `${formatCount(totals?.unique_buyers ?? 0)} of ${formatNoun(users, 'user')} bought`,
    },
    { label: 'Purchases', ...exactly(totals?.purchase_count ?? 0), note: 'today so far' },
    { label: 'Events', ...exactly(totals?.event_count ?? 0), note: 'today so far, each once' },
  ];
}
