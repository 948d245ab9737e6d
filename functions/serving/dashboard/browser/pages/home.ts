import type { Health, Status } from '../../model/contract.ts';
import { describeFlow } from '../../model/flow.ts';
import { formatRate, UNKNOWN } from '../../model/format.ts';
import type { RefreshView } from '../../model/refresher.ts';
import { measureRates, type Rates, sumStreams } from '../../model/totals.ts';
import { element } from '../dom.ts';
import { bindPage, type Page } from '../page.ts';
import { createFigures, exactly, type Figure, figureOfGaps } from '../panels/figures.ts';
import { drawFirstSteps } from '../panels/first-steps.ts';
import { drawHealth } from '../panels/health-list.ts';
import { createPanel } from '../panels/panel.ts';
import { drawPicture } from '../panels/picture.ts';
import { NARROW_LAYOUT, WIDE_LAYOUT } from '../panels/picture-layout.ts';
import { drawStreams } from '../panels/streams-table.ts';

const INTERVAL_MS = 5000;
const LABELS = ['Events counted', 'Arriving', 'Waiting', 'Not yet in the lake', 'Rejected', 'Open gaps'];

/** The newest status with the one before it: the rates are their difference. */
interface Look {
  status: Status;
  rates: Rates;
}

interface HomeSources {
  health: Health;
  look: Look;
}

/** Health of each part, the figures of the whole, the picture with live counts, and a row for each stream. */
export const homePage: Page = {
  path: '/',
  title: 'Home',
  summary: 'Every event from Kafka to one answer: what is up, what flows, what waits.',
  intervalMs: INTERVAL_MS,
  mount({ getJson, now, signal }) {
    const isWide = matchMedia('(min-width: 60rem)');
    let previous: Status | undefined;
    let lastView: RefreshView<HomeSources> | undefined;

    const health = createPanel<Health>({ title: 'Health', columns: 12, skeletonRows: 1, draw: drawHealth });
    const figures = createFigures<Look>({ title: 'Key figures', labels: LABELS, draw: drawFigures });
    const picture = createPanel<Look>({
      title: 'The picture',
      columns: 12,
      caption: 'speed above, batch below, one answer',
      skeletonRows: 6,
      draw: ({ status, rates }) => [
        drawPicture(
          describeFlow(status, lastView?.states.health.data, rates.total, now()),
          isWide.matches ? WIDE_LAYOUT : NARROW_LAYOUT,
        ),
        hasNoEvents(status) ? drawNoEvents(status) : null,
      ],
    });
    const streams = createPanel<Look>({
      title: 'Streams',
      columns: 12,
      draw: ({ status, rates }) => drawStreams(status.streams, rates, now()),
    });

    const drawAll = (view: RefreshView<HomeSources>) => {
      lastView = view;
      const { states } = view;
      health.update(states.health);
      figures.update(states.look);
      // A copy: the picture also shows health, and so changes when either does.
      picture.update({ ...states.look });
      streams.update(states.look);
    };
    isWide.addEventListener('change', () => lastView !== undefined && drawAll(lastView), { signal });

    return bindPage<HomeSources>({
      root: element('div', { class: 'grid' }, ...[health, figures, picture, streams].map((panel) => panel.root)),
      intervalMs: INTERVAL_MS,
      sources: {
        // 503 is an answer too: it says which part is down.
        health: () => getJson<Health>('v1/health', {}, 503),
        look: async () => {
          const status = await getJson<Status>('v1/status');
          const rates = measureRates(previous, status);
          previous = status;
          return { status, rates };
        },
      },
      draw: drawAll,
    });
  },
};

function drawFigures({ status, rates }: Look): Figure[] {
  const { offsets, stored, rejected, openGaps } = sumStreams(status.streams);
  const offset = (value: number | undefined, note: string) =>
    value === undefined ? { value: UNKNOWN, note: 'Kafka does not answer' } : { ...exactly(value), note };
  return [
    { label: 'Events counted', ...exactly(stored), note: 'lake and hot, once' },
    {
      label: 'Arriving',
      value: formatRate(rates.total),
      ...(rates.total === null ? { note: 'measuring' } : { unit: '/s', note: 'into Kafka' }),
    },
    {
      label: 'Waiting',
      ...offset(offsets?.waiting, offsets?.waiting === 0 ? 'trigger up to date' : 'for the trigger'),
    },
    { label: 'Not yet in the lake', ...offset(offsets?.aboveTidemark, 'in the hot tables') },
    { label: 'Rejected', ...exactly(rejected), note: rejected === 0 ? 'no dead letters' : 'kept as dead letters' },
    figureOfGaps(openGaps),
  ];
}

function hasNoEvents(status: Status): boolean {
  return status.streams.length > 0 && sumStreams(status.streams).offsets?.inTopics === 0;
}

function drawNoEvents({ streams }: Status): HTMLElement {
  const domains = [...new Set(streams.map((stream) => stream.domain))];
  return element('p', { class: 'callout' }, element('strong', {}, 'No events yet. '), ...drawFirstSteps(domains));
}
