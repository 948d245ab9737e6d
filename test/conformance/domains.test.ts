import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Domain } from '@tidemark/domains/domain';
import { domains, streams } from '@tidemark/domains/index';
import { type DescribedDomain, describeDomains } from '../support/conformance/describe-domains.ts';
import { listProblems } from '../support/conformance/find-problems.ts';
import { readSurroundings, type Surroundings } from '../support/conformance/surroundings.ts';

/** Every domain is declared whole: `docs/adding-a-domain.md` says what that is. */

interface Subject {
  readonly domain: Domain;
  readonly surroundings: Surroundings;
}

let subjects: Subject[];
let described: DescribedDomain[];

beforeAll(async () => {
  subjects = await Promise.all(
    domains.map(async (domain) => ({ domain, surroundings: await readSurroundings(domain.name) })),
  );
  described = await describeDomains(subjects);
}, 120_000);

describe('a domain', () => {
  it.each(domains.map(({ name }, index) => [name, index] as const))('%s lacks nothing', (_name, index) => {
    const { domain, surroundings } = subjects[index] as Subject;
    expect(listProblems(domain, surroundings, described[index] as DescribedDomain)).toEqual([]);
  });

  it.each(domains.map(({ name }, index) => [name, index] as const))('%s is taken by ClickHouse', (_name, index) => {
    expect(described[index]?.refusals).toEqual([]);
  });

  it.each([
    ['name', streams.map(({ name }) => name)],
    ['topic', streams.map(({ topic }) => topic)],
    ['consumer group', streams.map(({ consumerGroup }) => consumerGroup)],
    ['hot table', streams.map(({ database, hotTable }) => `${database}.${hotTable}`)],
    ['lake table', streams.flatMap(({ lakeTable, bronzeTable }) => [lakeTable, bronzeTable ?? []].flat())],
  ])('shares no %s of a stream with another', (_what, values) => {
    expect(values.filter((value, index) => values.indexOf(value) !== index)).toEqual([]);
  });
});
