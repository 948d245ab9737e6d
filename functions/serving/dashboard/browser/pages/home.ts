import type { Health, Status } from '../../model/contract.ts';
import { describeFlow, measureRate, sumStatus } from '../../model/flow.ts';
import { formatCount, formatHeadline, formatRate, UNKNOWN } from '../../model/format.ts';
import type { RefreshView } from '../../model/refresher.ts';
import { element } from '../dom.ts';
import { bindPage, type Page } from '../page.ts';
import { createFigures, type Figure } from '../panels/figures.ts';
import { drawHealth } from '../panels/health-list.ts';
import { createPanel } from '../panels/panel.ts';
import { drawPicture } from '../panels/picture.ts';
import { NARROW_LAYOUT, WIDE_LAYOUT } from '../panels/picture-layout.ts';
import { drawPartitions, drawRejections, drawRuns } from '../panels/stream-tables.ts';

const INTERVAL_MS = 5000;
const LABELS = ['Events counted', 'Arriving', 'Waiting', 'Not yet in the lake', 'Rejected', 'Open gaps'];

/** The newest status with the one before it: the rate is their difference. */
interface Look {
  status: Status;
  perSecond: number | null;
}

interface HomeSources {
  health: Health;
  look: Look;
}

/** Health of each part, the figures of the whole, and the picture with live counts. */
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
      draw: ({ status, perSecond }) => [
        drawPicture(
          describeFlow(status, lastView?.states.health.data, perSecond, now()),
          isWide.matches ? WIDE_LAYOUT : NARROW_LAYOUT,
        ),
        hasNoEvents(status) ? drawFirstSteps() : null,
      ],
    });
    const runs = createPanel<Look>({ title: 'Batch runs', columns: 7, draw: ({ status }) => drawRuns(status, now()) });
    const rejections = createPanel<Look>({
      title: 'Dead letters',
      columns: 5,
      draw: ({ status }) => drawRejections(status),
    });
    const partitions = createPanel<Look>({
      title: 'Partitions',
      columns: 12,
      caption: 'each offset is the first record not yet there',
      draw: ({ status }) => drawPartitions(status),
    });

    const drawAll = (view: RefreshView<HomeSources>) => {
      lastView = view;
      const { states } = view;
      health.update(states.health);
      figures.update(states.look);
      // A copy: the picture also shows health, and so changes when either does.
      picture.update({ ...states.look });
      for (const panel of [runs, rejections, partitions]) panel.update(states.look);
    };
    isWide.addEventListener('change', () => lastView !== undefined && drawAll(lastView), { signal });

    return bindPage<HomeSources>({
      root: element(
        'div',
        { class: 'grid' },
        ...[health, figures, picture, runs, rejections, partitions].map((panel) => panel.root),
      ),
      intervalMs: INTERVAL_MS,
      sources: {
        // 503 is an answer too: it says which part is down.
        health: () => getJson<Health>('v1/health', {}, 503),
        look: async () => {
          const status = await getJson<Status>('v1/status');
          const perSecond = measureRate(previous, status);
          previous = status;
          return { status, perSecond };
        },
      },
      draw: drawAll,
    });
  },
};

function drawFigures({ status, perSecond }: Look): Figure[] {
  const { offsets, stored, rejected, openGaps } = sumStatus(status);
  const exact = (value: number) => ({ value: formatHeadline(value), exact: formatCount(value) });
  const offset = (value: number | undefined, note: string) =>
    value === undefined ? { value: UNKNOWN, note: 'Kafka does not answer' } : { ...exact(value), note };
  return [
    { label: 'Events counted', ...exact(stored), note: 'each once, lake and hot' },
    {
      label: 'Arriving',
      value: formatRate(perSecond),
      unit: '/s',
      note: perSecond === null ? 'measuring' : 'into Kafka',
    },
    {
      label: 'Waiting',
      ...offset(offsets?.waiting, offsets?.waiting === 0 ? 'trigger up to date' : 'for the trigger'),
    },
    { label: 'Not yet in the lake', ...offset(offsets?.aboveTidemark, 'in the hot tables') },
    { label: 'Rejected', ...exact(rejected), note: rejected === 0 ? 'no dead letters' : 'kept as dead letters' },
    {
      label: 'Open gaps',
      ...exact(openGaps),
      ...(openGaps === 0
        ? { note: 'all accounted for', tone: 'good' as const }
        : { note: 'records lost', tone: 'bad' as const }),
    },
  ];
}

function hasNoEvents(status: Status): boolean {
  return sumStatus(status).offsets?.inTopics === 0;
}

function drawFirstSteps(): HTMLElement {
  return element(
    'p',
    { class: 'callout' },
    element('strong', {}, 'No events yet. '),
    'Run ',
    element('code', {}, 'npm run generate -- retail_events'),
    ' and watch them arrive.',
  );
}
