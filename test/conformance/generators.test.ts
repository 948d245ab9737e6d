import { describe, expect, it } from '@jest/globals';
import { domains } from '@tidemark/domains/index';
import { createJudge } from '@tidemark/domains/judge';
import { domainGenerators } from '../../localstack/generators/domain-generators.ts';
import { toMessage } from '../../localstack/generators/producing/message.ts';

/** What a domain needs so that `npm start` and `npm run generate` make up its events. */

const NOW_MS = Date.UTC(2026, 10, 21, 12);
const EVENTS = 200;

describe.each(domains.map((domain) => [domain.name, domain] as const))('%s', (name, { streams }) => {
  const generator = domainGenerators.find(({ domain }) => domain === name);

  it('has a generator in localstack/generators/domain-generators.ts', () => {
    expect(domainGenerators.map(({ domain }) => domain)).toContain(name);
  });

  it('is made up in valid events of its own streams alone', () => {
    const events = generator?.generateLive({ seed: 1, now: () => NOW_MS });
    const judges = new Map(streams.map(({ stream }) => [stream, createJudge(stream)]));
    const verdicts = Array.from({ length: EVENTS }, () => {
      const source = events?.next().value;
      const { value } = toMessage(source);
      return judges.get(source.stream)?.({ key: null, value, headers: [], timestamp: NOW_MS });
    });

    expect(verdicts.filter((verdict) => verdict?.isValid !== true)).toEqual([]);
  });
});
