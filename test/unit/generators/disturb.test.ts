import { describe, expect, it } from '@jest/globals';
import { createJudge } from '@tidemark/domains/judge';
import fc from 'fast-check';
import { domainGenerators } from '../../../localstack/generators/domain-generators.ts';
import { type Disturbance, disturb } from '../../../localstack/generators/producing/disturb.ts';
import type { Message, StreamEvent } from '../../../localstack/generators/producing/message.ts';
import { POISON_REASONS, poison } from '../../../localstack/generators/producing/poison.ts';

const UNTIL_MS = Date.UTC(2026, 10, 21, 7, 30);
const DAY_MS = 24 * 60 * 60 * 1000;
const RECORDS = 6_000;

type Generator = (typeof domainGenerators)[number];

function makeEvents({ generateLive }: Generator, seed = 3): Iterator<StreamEvent> {
  return generateLive({ seed, now: () => UNTIL_MS });
}

function makeRecords(generator: Generator, disturbance: Partial<Disturbance>, count = RECORDS, seed = 3): Message[] {
  const all = { latePercent: 0, duplicatePercent: 0, poisonPercent: 0, ...disturbance };
  const records = disturb(makeEvents(generator, seed), seed, all);
  return Array.from({ length: count }, () => records.next().value as Message);
}

describe.each(domainGenerators.map((generator) => [generator.domain, generator] as const))(
  '%s',
  (_domain, generator) => {
    const source = makeEvents(generator).next().value as StreamEvent;
    const judge = createJudge(source.stream);
    const judgeMessage = ({ value }: Message) => judge({ key: null, value, headers: [], timestamp: UNTIL_MS });
    const readTime = (message: Message) => source.stream.eventTimeOf(JSON.parse(String(message.value))) ?? Number.NaN;
    /** What an event says beside its time: no generator says the same twice. */
    const readContent = ({ value }: Message) => {
      const event = JSON.parse(String(value)) as Record<string, unknown>;
      return JSON.stringify({ ...event, [source.stream.eventTimeField]: undefined });
    };

    it.each(POISON_REASONS)('can be poisoned for the reason %s, under the same key', (reason) => {
      const message = poison(source, reason);

      expect(judgeMessage(message)).toMatchObject({ isValid: false, reason });
      expect(message.key).toBe(source.stream.keyOf(source.event));
    });

    it('has as much poison as asked for, of every reason', () => {
      const verdicts = makeRecords(generator, { poisonPercent: 10 }).map(judgeMessage);
      const reasons = verdicts.flatMap((verdict) => (verdict.isValid ? [] : [verdict.reason]));

      expect(reasons.length / RECORDS).toBeCloseTo(0.1, 1.5);
      expect(new Set(reasons)).toEqual(new Set(POISON_REASONS));
    });

    it('has as many late events as asked for, up to two days and valid', () => {
      const records = makeRecords(generator, { latePercent: 10 });
      const lateness = records.map((record) => UNTIL_MS - readTime(record)).filter((ms) => ms >= 1_000);

      expect(lateness.length / RECORDS).toBeCloseTo(0.1, 1.5);
      expect(Math.max(...lateness)).toBeGreaterThan(1.9 * DAY_MS);
      expect(Math.max(...lateness)).toBeLessThanOrEqual(2 * DAY_MS + 2_000);
      expect(records.filter((record) => !judgeMessage(record).isValid)).toEqual([]);
    });

    it('has as many repeats as asked for, most of them the same and some with other content', () => {
      const records = makeRecords(generator, { duplicatePercent: 10 });
      const first = new Map<string, string>();
      const repeats: { isSame: boolean }[] = [];
      for (const record of records) {
        const content = readContent(record);
        const text = String(record.value);
        const before = first.get(content);
        if (before === undefined) first.set(content, text);
        else repeats.push({ isSame: before === text });
      }

      expect(repeats.length / RECORDS).toBeCloseTo(0.1, 1.5);
      expect(repeats.filter(({ isSame }) => !isSame).length / repeats.length).toBeCloseTo(0.2, 1);
      expect(records.filter((record) => !judgeMessage(record).isValid)).toEqual([]);
    });

    it('is the same for the same seed, and another for another', () => {
      const disturbance = { latePercent: 5, duplicatePercent: 5, poisonPercent: 5 };

      expect(makeRecords(generator, disturbance, 500)).toEqual(makeRecords(generator, disturbance, 500));
      expect(makeRecords(generator, disturbance, 500)).not.toEqual(makeRecords(generator, disturbance, 500, 4));
    });

    it('takes every event from its source once and in order, whatever is mixed in', () => {
      const percent = fc.integer({ min: 0, max: 33 });
      fc.assert(
        fc.property(percent, percent, percent, (latePercent, duplicatePercent, poisonPercent) => {
          const history = { seed: 1, fromMs: UNTIL_MS - DAY_MS, untilMs: UNTIL_MS, count: 200 };
          const events = generator.generateHistory(history);
          const records = [...disturb(events, 1, { latePercent, duplicatePercent, poisonPercent })];
          const contents = records.filter((record) => judgeMessage(record).isValid).map(readContent);
          const plain = [...disturb(generator.generateHistory(history), 1, NOTHING)];
          expect([...new Set(contents)]).toEqual(plain.map(readContent));
        }),
        { numRuns: 20 },
      );
    });
  },
);

const NOTHING: Disturbance = { latePercent: 0, duplicatePercent: 0, poisonPercent: 0 };
