import type { Domain } from '@tidemark/domains/domain';
import { createJudge } from '@tidemark/domains/judge';
import { toMessage } from '../../../localstack/generators/producing/message.ts';
import type { Surroundings } from './surroundings.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const EVENTS = 200;

/** What `npm start` and `npm run generate` lack to make up a domain's events, or make up wrongly. */
export function findGeneratorProblems({ name, streams }: Domain, { generators }: Surroundings): string[] {
  const generator = generators.find(({ domain }) => domain === name);
  if (generator === undefined) {
    return [`${name}: the generator is missing: none in localstack/generators/domain-generators.ts has its name.`];
  }
  const judges = new Map(streams.map(({ stream }) => [stream.name, createJudge(stream)]));
  const events = generator.generateLive({ seed: 1, now: () => NOW_MS });
  const problems = Array.from({ length: EVENTS }, () => {
    const source = events.next().value;
    const judge = judges.get(source.stream.name);
    if (judge === undefined)
      return `${name}: the generator makes up events of ${source.stream.name}, another domain's.`;
    const verdict = judge({ key: null, value: toMessage(source).value, headers: [], timestamp: NOW_MS });
    if (verdict.isValid) return undefined;
    return `${name}: the generator makes up an event that is refused as ${verdict.reason} (${verdict.detail}).`;
  });
  return [...new Set(problems)].filter((problem) => problem !== undefined);
}
