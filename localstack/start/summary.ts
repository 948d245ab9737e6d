import { domains } from '@tidemark/domains/index';
import { PASSWORD_VARIABLES } from './credentials.ts';
import { PART_NAMES, type Stack } from './stack.ts';
import { formatTable } from './terminal.ts';

/** What runs where, and how to get in. */
export function describeStack(stack: Stack): string[] {
  const { urls, environment } = stack;
  const places: Record<(typeof PART_NAMES)[number], string> = {
    kafka: urls.kafkaBrokers,
    clickhouse: urls.clickhouse,
    emulator: `${urls.s3}  (bucket ${environment.LAKE_BUCKET})`,
    functions: `${urls.api}  (Lambda Invoke API: ${urls.lambda})`,
    generator: `makes up events of ${domains.map(({ name }) => name).join(' and ')}`,
  };
  const parts = PART_NAMES.map((name) => [name, describeState(name, stack), places[name]]);
  const users = PASSWORD_VARIABLES.map((name) => [nameUser(name), stack.credentials[name]]);
  return [
    '',
    ...formatTable([['part', 'state', 'where'], ...parts]),
    '',
    ...formatTable([['ClickHouse user', 'password'], ...users]),
    '',
    ...formatTable([
      ['dashboard', `${urls.api}/`],
      ['status', `${urls.api}/v1/status`],
      ['logs', stack.logDir],
      ['stop', 'Ctrl-C'],
    ]),
    '',
    `ready ${urls.api}`,
  ];
}

function describeState(name: (typeof PART_NAMES)[number], stack: Stack): string {
  const pid = stack.pid(name);
  if (pid !== undefined) return `${stack.state(name)} (process ${pid})`;
  return name === 'generator' ? 'off' : 'yours';
}

/** CLICKHOUSE_QUERY_PASSWORD → query */
function nameUser(variable: string): string {
  return (variable.split('_')[1] ?? '').toLowerCase();
}
