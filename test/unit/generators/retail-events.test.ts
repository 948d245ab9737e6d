import { describe, expect, it } from '@jest/globals';
import { parseDateTimeUtc } from '@tidemark/domains/calendar';
import { createJudge } from '@tidemark/domains/judge';
import type { RetailEvent } from '@tidemark/domains/retail_events/event';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { StreamEvent } from '../../../localstack/generators/producing/message.ts';
import { retailEventsGenerator } from '../../../localstack/generators/retail_events/generator.ts';

const FROM_MS = Date.UTC(2025, 10, 21);
const UNTIL_MS = Date.UTC(2026, 10, 21, 7, 30);
const COUNT = 40_000;

function makeHistory(options: { seed?: number; count?: number; fromMs?: number; untilMs?: number } = {}) {
  const all = { seed: 7, count: COUNT, fromMs: FROM_MS, untilMs: UNTIL_MS, ...options };
  return takeEvents(retailEventsGenerator.generateHistory(all), Number.POSITIVE_INFINITY);
}

function takeEvents(source: Iterator<StreamEvent>, count: number): RetailEvent[] {
  const events: RetailEvent[] = [];
  while (events.length < count) {
    const next = source.next();
    if (next.done) break;
    events.push(next.value.event as RetailEvent);
  }
  return events;
}

function timeOf(event: RetailEvent): number {
  return parseDateTimeUtc(event.event_time) ?? Number.NaN;
}

function countWhere(events: readonly RetailEvent[], isMeant: (event: RetailEvent) => boolean): number {
  return events.filter(isMeant).length;
}

describe('the history of made-up retail events', () => {
  const history = makeHistory();

  it('has exactly as many events as asked for, in the order of their time, within its months', () => {
    const times = history.map(timeOf);

    expect(history).toHaveLength(COUNT);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(FROM_MS);
    expect(times.at(-1)).toBeLessThan(UNTIL_MS);
  });

  it('is valid throughout', () => {
    const judge = createJudge(retailEvents);
    const rejected = history.filter((event) => {
      const value = Buffer.from(JSON.stringify(event));
      return !judge({ key: null, value, headers: [], timestamp: UNTIL_MS }).isValid;
    });

    expect(rejected).toEqual([]);
  });

  it('is the same for the same seed and end, and another for another seed', () => {
    expect(makeHistory({ count: 500 })).toEqual(makeHistory({ count: 500 }));
    expect(makeHistory({ count: 500 })).not.toEqual(makeHistory({ count: 500, seed: 8 }));
  });

  it('mixes 90% sales, 7% returns and 3% restocks', () => {
    const shareOf = (type: string) => countWhere(history, (event) => event.transaction_type === type) / COUNT;

    expect(shareOf('SALE')).toBeCloseTo(0.9, 1.5);
    expect(shareOf('RETURN')).toBeCloseTo(0.07, 1.5);
    expect(shareOf('RESTOCK')).toBeCloseTo(0.03, 1.5);
  });

  it('sells in stores 1 to 10, and most in the first', () => {
    const stores = new Set(history.map((event) => event.store_id));

    expect([...stores].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(countWhere(history, (event) => event.store_id === 1)).toBeGreaterThan(
      countWhere(history, (event) => event.store_id === 10),
    );
  });

  it('has a yearly season: electronics before Christmas, sports in early summer', () => {
    const isIn = (month: number, category: string) => (event: RetailEvent) =>
      event.category === category && new Date(timeOf(event)).getUTCMonth() === month;

    expect(countWhere(history, isIn(11, 'Electronics'))).toBeGreaterThan(
      1.3 * countWhere(history, isIn(1, 'Electronics')),
    );
    expect(countWhere(history, isIn(5, 'Sports'))).toBeGreaterThan(1.3 * countWhere(history, isIn(11, 'Sports')));
  });

  it('is busy on Saturdays and in the early evening, and quiet at night', () => {
    const onDay = (day: number) => countWhere(history, (event) => new Date(timeOf(event)).getUTCDay() === day);
    const atHour = (hour: number) => countWhere(history, (event) => new Date(timeOf(event)).getUTCHours() === hour);

    expect(onDay(6)).toBeGreaterThan(1.3 * onDay(2));
    expect(atHour(18)).toBeGreaterThan(10 * atHour(3));
  });

  it('has prices that drift upwards over the years', () => {
    const meanPriceIn = (year: number) => {
      const fromMs = Date.UTC(year, 0, 1);
      const events = makeHistory({ count: 5_000, fromMs, untilMs: Date.UTC(year + 1, 0, 1) });
      const laptops = events.filter((event) => event.product_id === 'Laptop' && event.transaction_type === 'SALE');
      return laptops.reduce((sum, event) => sum + event.unit_price, 0) / laptops.length;
    };

    expect(meanPriceIn(2025) / meanPriceIn(2015)).toBeGreaterThan(1.2);
  });

  it('fits into a span shorter than an hour', () => {
    expect(makeHistory({ count: 100, fromMs: UNTIL_MS - 1_000 })).toHaveLength(100);
  });
});

describe('live made-up retail events', () => {
  it('happen at the moment when they are taken', () => {
    let nowMs = UNTIL_MS;
    const source = retailEventsGenerator.generateLive({ seed: 1, now: () => nowMs });
    const [first] = takeEvents(source, 1);
    nowMs += 90_000;
    const [second] = takeEvents(source, 1);

    expect(first?.event_time).toBe('2026-11-21 07:30:00');
    expect(second?.event_time).toBe('2026-11-21 07:31:30');
  });

  it('are the same for the same seed and clock, with ids of their own', () => {
    const take = (seed: number) => takeEvents(retailEventsGenerator.generateLive({ seed, now: () => UNTIL_MS }), 1_000);

    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
    expect(new Set(take(1).map((event) => event.event_id)).size).toBe(1_000);
  });
});
