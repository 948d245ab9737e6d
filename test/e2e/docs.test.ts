import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { userEvents } from '@tidemark/domains/user_events/stream';
import { createTransactionSource } from '../../localstack/generators/retail_events/transactions.ts';
import { createSessionSource } from '../../localstack/generators/user_events/sessions.ts';
import { PORT_VARIABLES, type PortName } from '../../localstack/start/settings.ts';
import { seedQueries } from '../fixtures/seed-queries.ts';
import { findFencedBlocks } from '../support/fenced-blocks.ts';
import { sendEvents } from '../support/send-values.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/**
 * Every query and command of README.md and docs/ runs: a fenced block of `sql` as ClickHouse's user `query`, one of `sh`
 * or `bash` in a shell, `json` is parsed. A block without a language is a picture or an overview: its npm commands must
 * exist, and none stands alone. Anything else fails, unless it is listed here.
 */

/** Blocks that cannot run in a test: how they begin, and why. */
const NOT_RUN: readonly { readonly beginning: string; readonly reason: string }[] = [
  {
    beginning: `npm run invoke -- reconcile --data '{"stream":"retail_events","acknowledge"`,
    reason: 'a healthy stack has no gap to accept; test/integration/reconcile/acknowledged.test.ts makes one',
  },
  {
    beginning: `curl -s '127.0.0.1:3000/v1/queries/retail_events/sales_totals?as_of=`,
    reason: 'a new stack has kept no full hour; test/integration/batch/maintain-lake.test.ts keeps some',
  },
  {
    beginning: 'table = StaticTable.from_metadata(',
    reason: 'its path is to be filled in; test/e2e/online-retail.test.ts reads the lake so',
  },
  {
    beginning: 'AWS_ENDPOINT_URL=http://127.0.0.1:4566 npx sls deploy --stage emulator',
    reason: 'it wants an emulator without the bucket, and takes the place of the bundles that run',
  },
  { beginning: 'npx sls deploy --stage prod', reason: 'it deploys to AWS' },
];

const EVENTS = 600;
const USERS = 50;
const portNames = Object.keys(PORT_VARIABLES) as PortName[];
const documents = [
  'README.md',
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const blocks = documents.flatMap((file) =>
  findFencedBlocks(readFileSync(file, 'utf8')).map((block) => [`${file}:${block.line}`, block] as const),
);
const runnable = blocks.filter(([, { text }]) => !NOT_RUN.some(({ beginning }) => text.startsWith(beginning)));

/** What is done with the blocks of each language; each throws where the block does not hold. */
const checks: Readonly<Record<string, (text: string) => void | Promise<void>>> = {
  sql: runAsQueryUser,
  sh: runInShell,
  bash: runInShell,
  json: (text) => JSON.parse(text),
  '': expectCommandsThatExist,
};

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  const source = createTransactionSource(1);
  const events = Array.from({ length: EVENTS }, () => source.next(Date.now()));
  await sendEvents(stack.urls.kafkaBrokers, [...events, { ...events[0], quantity: 0 }]);
  const sessions = createSessionSource(1, USERS);
  // Now, and ten minutes on: queries for today have an answer also at midnight.
  const moments = Array.from({ length: EVENTS }, (_, n) => Date.now() + (n % 2) * 600_000);
  await sendEvents(
    stack.urls.kafkaBrokers,
    moments.map((moment) => sessions.next(moment).event),
    userEvents,
  );
  const isStored = async (sql: string) => (await stack.reader.query(sql)).rows.length > 0;
  await waitUntil(
    async () =>
      (await isStored('SELECT 1 FROM tidemark.dead_letters')) &&
      (await isStored(`SELECT 1 FROM realtime.user_events_realtime HAVING count() = ${EVENTS}`)),
    { withinMs: 60_000 },
  );
  await stack.invoke('compact');
  await stack.invoke('refreshGold');
}, 300_000);

afterAll(async () => {
  await stack?.stop();
}, 60_000);

describe('README.md and docs/', () => {
  it('have every block that is listed as not run', () => {
    expect(NOT_RUN.filter(({ beginning }) => !blocks.some(([, { text }]) => text.startsWith(beginning)))).toEqual([]);
  });

  it.each(runnable)(
    '%s holds',
    async (_, block) => {
      const check = checks[block.language];
      if (check === undefined) throw new Error(`a block of "${block.language}" is neither run nor listed in NOT_RUN`);
      await check(block.text);
    },
    120_000,
  );

  it.each(documents)('%s links to files that there are', (file) => {
    const prose = readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, '');
    const targets = [...prose.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target]) => target as string);
    const local = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(dirname(file), target)))).toEqual([]);
  });
});

describe('the documented queries of the projects that Tidemark comes from', () => {
  it.each(seedQueries.map(({ source, sql }) => [source, sql] as const))('%s: is answered as pasted', async (_, sql) => {
    const response = await fetch(stack.urls.clickhouse, {
      method: 'POST',
      headers: {
        'X-ClickHouse-User': 'query',
        'X-ClickHouse-Key': stack.environment.CLICKHOUSE_QUERY_PASSWORD ?? '',
      },
      body: sql,
    });
    const answer = await response.text();
    expect([response.status, answer]).toEqual([200, expect.stringMatching(/[1-9]/)]);
  });
});

async function runAsQueryUser(sql: string): Promise<void> {
  for (const statement of sql.split(/;\s*$/m).filter((part) => part.trim() !== '')) {
    await stack.reader.query(statement);
  }
}

/** The documents say the default ports; the stack has others. An answer of curl's that is an error counts as one. */
async function runInShell(script: string): Promise<void> {
  const moved = portNames.reduce(
    (text, name) =>
      text.replaceAll(`127.0.0.1:${PORT_VARIABLES[name].default}`, `127.0.0.1:${stack.settings.ports[name]}`),
    script,
  );
  const ports = portNames.map((name) => [PORT_VARIABLES[name].variable, String(stack.settings.ports[name])]);
  const env = { ...stack.environment, ...Object.fromEntries(ports) };
  const checked = `curl() { command curl --fail-with-body "$@"; }\n${moved}`;
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', checked], { env });
  expect(stdout).not.toBe('');
}

/** A picture has none; an overview names those of package.json. A command to be pasted belongs in a block that is run. */
function expectCommandsThatExist(overview: string): void {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const named = [...overview.matchAll(/^npm (?:run )?([\w-]+)/gm)].map(([, name]) => name as string);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(overview).not.toMatch(/^(?:[A-Z_]+=\S* )*(?:curl|npx|npm run invoke)\b/m);
}
