import { describe, expect, it } from '@jest/globals';
import { summariseRefresh } from '../../../functions/serving/dashboard/model/refresh-summary.ts';
import { type RefreshView, startRefresher } from '../../../functions/serving/dashboard/model/refresher.ts';

interface Answers {
  good: number;
  moody: string;
}

/** A clock and a timer that the test turns by hand, over one source that always answers and one that it commands. */
function setUp() {
  let nowMs = 1000;
  let timer: (() => void) | undefined;
  let asked = 0;
  let answerMoody: () => Promise<string> = async () => 'fine';
  const views: RefreshView<Answers>[] = [];
  const refresher = startRefresher<Answers>(
    {
      sources: {
        good: async () => {
          asked += 1;
          return asked;
        },
        moody: () => answerMoody(),
      },
      intervalMs: 5000,
      onChange: (view) => views.push(view),
    },
    {
      now: () => nowMs,
      schedule(callback, ms) {
        expect(ms).toBe(5000);
        timer = callback;
        return () => {
          if (timer === callback) timer = undefined;
        };
      },
    },
  );
  const lastView = () => {
    const view = views.at(-1);
    if (view === undefined) throw new Error('nothing was told');
    return view;
  };
  return {
    refresher,
    lastView,
    asked: () => asked,
    isScheduled: () => timer !== undefined,
    setMoody(answer: () => Promise<string>) {
      answerMoody = answer;
    },
    async settle() {
      await new Promise((resolve) => setImmediate(resolve));
    },
    async nextRound() {
      nowMs += 5000;
      timer?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('the refresher', () => {
  it('starts empty, then has every answer and waits for the next round', async () => {
    const page = setUp();
    expect(page.lastView().states.good).toMatchObject({ data: undefined, error: undefined });

    await page.settle();

    expect(page.lastView()).toMatchObject({ loading: false, states: { good: { data: 1, receivedAtMs: 1000 } } });
    expect(page.isScheduled()).toBe(true);
  });

  it('shows a fast answer while a slow one is still out, and starts no second round meanwhile', async () => {
    const page = setUp();
    await page.settle();
    page.setMoody(() => new Promise(() => {}));

    await page.nextRound();

    expect(page.lastView()).toMatchObject({ loading: true, states: { good: { data: 2 }, moody: { data: 'fine' } } });
    expect(page.asked()).toBe(2);
  });

  it('keeps the last good data of what fails, and the time since which it fails', async () => {
    const page = setUp();
    await page.settle();
    page.setMoody(() => Promise.reject(new Error('down')));

    await page.nextRound();
    await page.nextRound();

    expect(page.lastView().states).toMatchObject({
      good: { data: 3, receivedAtMs: 11_000, failingSinceMs: undefined },
      moody: { data: 'fine', receivedAtMs: 1000, failingSinceMs: 6000 },
    });
    expect(summariseRefresh(page.lastView())).toEqual({
      paused: false,
      loading: false,
      freshAsOfMs: 1000,
      failure: { sinceMs: 6000, reasons: ['down'], failedSources: 1, allSources: 2, hasStaleData: true },
    });
  });

  it('forgets the failure once the source answers again', async () => {
    const page = setUp();
    page.setMoody(() => Promise.reject(new Error('down')));
    await page.nextRound();
    page.setMoody(async () => 'better');

    await page.nextRound();

    expect(page.lastView().states.moody).toMatchObject({ data: 'better', error: undefined, failingSinceMs: undefined });
    expect(summariseRefresh(page.lastView()).failure).toBeUndefined();
  });

  it('does not poll while paused, reads when asked to, and goes on when resumed', async () => {
    const page = setUp();
    await page.settle();

    page.refresher.setPaused(true);
    expect(page.isScheduled()).toBe(false);
    expect(page.lastView().paused).toBe(true);

    page.refresher.refreshNow();
    await page.settle();
    expect(page.asked()).toBe(2);
    expect(page.isScheduled()).toBe(false);

    page.refresher.setPaused(false);
    await page.settle();
    expect(page.asked()).toBe(3);
    expect(page.isScheduled()).toBe(true);
  });

  it('does not poll while the page is hidden, and reads at once when it comes back', async () => {
    const page = setUp();
    await page.settle();

    page.refresher.setVisible(false);
    expect(page.isScheduled()).toBe(false);

    page.refresher.setVisible(true);
    await page.settle();
    expect(page.asked()).toBe(2);
    expect(page.isScheduled()).toBe(true);
  });

  it('drops the answers of a round that a newer one superseded', async () => {
    const page = setUp();
    await page.settle();
    let answerLate: (text: string) => void = () => {};
    page.setMoody(() => new Promise((resolve) => (answerLate = resolve)));
    await page.nextRound();
    page.setMoody(async () => 'newer');

    page.refresher.refreshNow();
    await page.settle();
    answerLate('older');
    await page.settle();

    expect(page.lastView().states.moody.data).toBe('newer');
  });

  it('says nothing more after it was stopped', async () => {
    const page = setUp();

    page.refresher.stop();
    await page.settle();

    expect(page.lastView().states.good.data).toBeUndefined();
    expect(page.isScheduled()).toBe(false);
  });
});
