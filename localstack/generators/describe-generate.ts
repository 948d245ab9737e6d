import type { DomainGenerator } from './domain-generator.ts';

/** The whole text of `--help`. */
export function describeGenerate(domainGenerators: readonly DomainGenerator[]): string {
  const domains = domainGenerators.flatMap(
    ({ domain, description, liveEventsPerSecond, historyEventsPerMonth, users, variables = {} }) => [
      `  ${domain}  ${description}; ${liveEventsPerSecond}/s live, ${historyEventsPerMonth} a month of history`,
      ...(variables.liveEventsPerSecond ? [`    ${variables.liveEventsPerSecond}  stands for --rate`] : []),
      ...(variables.users ? [`    ${variables.users}  stands for --users (${users})`] : []),
    ],
  );
  return `Makes up events and produces them to Kafka (KAFKA_BROKERS, by default 127.0.0.1:9092).

npm run generate -- <domain>... [options]

Domains (<domain>  what; default amounts), and variables of the environment that options win over
${domains.join('\n')}

Options
  --rate N      events per second, of each domain; live: see above, history: as fast as Kafka takes them
  --count N     end after N records; with --months, how many events the history has
  --duration S  end after S seconds
  --seed N      the same seed makes the same events (live ones at other times); by default a new one, which is shown
  --users N     how many users there are at first
  --months N    the last N months of one domain instead of live events: its busy hours, seasons and price drift
  --until T     end of the history, ISO 8601 ("2026-11-01" or "2026-11-01T12:00:00Z"); by default now
  --late P      percentage of records with an event time up to two days back
  --duplicate P percentage of records that repeat an event; every fifth of them says something else
  --poison P    percentage of records that are malformed, in several ways in turn
  --help        this text

Ctrl-C ends after the batch in flight.`;
}
