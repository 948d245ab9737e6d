import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { StreamDeclaration } from '@tidemark/domains/domain';
import { declarations, domains } from '@tidemark/domains/index';
import { z } from 'zod';
import { metaSchema } from '../../functions/serving/query/schemas.ts';
import { type StreamStatus, statusSchema } from '../../functions/serving/status/schemas.ts';
import { createTransactionSource } from '../../localstack/generators/retail_events/transactions.ts';
import { problemSchema } from '../support/api-schemas.ts';
import { sendEvents } from '../support/send-values.ts';
import { readStreamStatus } from '../support/stream-status.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The HTTP API as its callers meet it: what it promises of itself, and what it says to careless ones. */

const EVENTS = 300;
/** So many that purchases are among them, whatever the generator draws. */
const USER_EVENTS = 400;
const [retail] = declarations as [StreamDeclaration];
const allQueries = domains.flatMap((domain) =>
  domain.queries.map((query) => ({ path: `/v1/queries/${domain.name}/${query.name}`, query })),
);
const SALES = '/v1/queries/retail_events/sales_by_category';
const PRODUCTS = '/v1/queries/retail_events/product_performance';

let stack: TestStack;

// Other stacks may have the machine.
jest.setTimeout(30_000);

beforeAll(async () => {
  stack = await startTestStack();
  const source = createTransactionSource(1);
  const events = Array.from({ length: EVENTS }, () => source.next(Date.now()));
  await sendEvents(stack.urls.kafkaBrokers, [...events.slice(0, EVENTS / 2), { ...events[0], quantity: 0 }]);
  const generated = await stack.run('generate', 'user_events', '--count', `${USER_EVENTS}`, '--months', '1');
  expect(generated).toMatchObject({ code: 0 });
  await waitForEvents(EVENTS / 2);
  await waitForEvents(USER_EVENTS, 'realtime.user_events_unified');
  await stack.invoke('runBatch');
  await sendEvents(stack.urls.kafkaBrokers, events.slice(EVENTS / 2));
  await waitForEvents(EVENTS);
  // The trigger commits a moment after its events are there.
  await waitUntil(async () => (await readStreamStatus(stack.urls.api)).lag_records === 0, { withinMs: 60_000 });
}, 300_000);

afterAll(async () => {
  await stack?.stop();
}, 60_000);

describe('health and status', () => {
  it('name each part and whether it answers', async () => {
    const { status, body } = await stack.get('/v1/health');
    expect(status).toBe(200);
    const part = (name: string) => ({ name, status: 'ok', elapsed_ms: expect.any(Number) });
    expect(body).toEqual({ status: 'ok', parts: [part('kafka'), part('clickhouse'), part('lake')] });
  });

  it('say where the stream stands', async () => {
    const { status, body } = await stack.get('/v1/status');
    expect(status).toBe(200);
    const { streams, generated_at, trigger } = readStatus(body);
    expect(trigger.mappings).toMatchObject([
      { function: 'ingestRetailEvents', topics: ['retail_events'], is_connected: true, failures: 0 },
      { function: 'ingestUserEvents', topics: ['user-events'], is_connected: true, failures: 0 },
    ]);
    expect(trigger.mappings[0]?.delivered).toBeGreaterThan(EVENTS);
    expect(Math.abs(Date.now() - Date.parse(generated_at))).toBeLessThan(60_000);
    const [stream] = streams as [StreamStatus];
    expect(stream).toMatchObject({
      stream: 'retail_events',
      stored: EVENTS,
      rejected: 1,
      lag_records: 0,
      open_gaps: 0,
      dead_letters: [{ reason: 'out_of_range', records: 1 }],
      warnings: [],
    });
    const sumOf = (column: 'end_offset' | 'committed_offset' | 'tidemark') =>
      stream.partitions.reduce((sum, partition) => sum + (partition[column] ?? 0), 0);
    expect(stream.partitions.map(({ partition }) => partition)).toEqual([0, 1, 2]);
    expect(sumOf('end_offset')).toBe(EVENTS + 1);
    expect(sumOf('committed_offset')).toBe(EVENTS + 1);
    expect(sumOf('tidemark')).toBeGreaterThanOrEqual(EVENTS / 2 + 1);
    const steps = stream.last_runs.filter(({ status }) => status === 'done').map(({ step }) => step);
    expect(steps).toEqual(expect.arrayContaining(['compact', 'refresh-gold', 'check-quality']));
  });

  it('show the last run over all steps, and what the checks found', async () => {
    const steps = ['compact', 'refresh-gold', 'check-quality'];
    // A run on schedule, which may come in between, checks quality only every five minutes.
    let stream: StreamStatus | undefined;
    await waitUntil(
      async () => {
        await stack.invoke('runBatch', { stream: 'retail_events' });
        [stream] = readStatus((await stack.get('/v1/status')).body).streams;
        return stream?.last_batch?.steps.length === steps.length;
      },
      { withinMs: 30_000 },
    );
    expect(stream?.last_batch).toMatchObject({ status: 'done', error: null, warning: null });
    expect(stream?.last_batch?.steps.map(({ step }) => step)).toEqual(steps);
    expect(stream?.retries).toEqual([]);
    expect(stream?.quality).toMatchObject({ status: 'ok', checked_at: expect.any(String) });
    const declared = retail.checks.map(({ name }) => name);
    expect(stream?.quality.checks.map(({ check }) => check).sort()).toEqual([...declared].sort());
  }, 60_000);
});

describe('a web page of another site', () => {
  const invocation = () => `${stack.urls.lambda}/2015-03-31/functions/tidemark-local-health/invocations`;

  it.each(['https://elsewhere.example', 'http://127.0.0.1:1', 'null'])(
    'with the origin %s reads nothing and runs no function',
    async (origin) => {
      for (const [url, method] of [
        [`${stack.urls.api}/v1/status`, 'GET'],
        [invocation(), 'POST'],
      ] as const) {
        const response = await fetch(url, { method, headers: { origin } });
        expect(response.headers.get('access-control-allow-origin')).toBeNull();
        expect({ url, status: response.status }).toEqual({ url, status: 403 });
      }
    },
  );

  it('gains nothing by a name that it points to this machine', async () => {
    for (const url of [`${stack.urls.api}/v1/status`, invocation()]) {
      expect(await readStatusUnderHost(url, 'rebound.example')).toBe(403);
    }
  });

  it('is told apart from our own page, and from programs', async () => {
    const own = await fetch(`${stack.urls.api}/v1/health`, { headers: { origin: stack.urls.api } });
    expect(own.status).toBe(200);
    expect((await fetch(invocation(), { method: 'POST', body: '{}' })).status).toBe(200);
  });
});

describe('what the API says of itself', () => {
  it('is a valid OpenAPI document', async () => {
    const { body } = await stack.get('/v1/openapi.json');
    const { valid, errors } = await new Validator().validate(body as Record<string, unknown>);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('lists every query, with parameters and rows, where the document has it too', async () => {
    const catalogue = (await stack.get('/v1/queries')).body as { queries: { path: string; parameters: object }[] };
    const document = (await stack.get('/v1/openapi.json')).body as { paths: Record<string, object> };
    expect(catalogue.queries.map(({ path }) => path)).toEqual(allQueries.map(({ path }) => path));
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(allQueries.map(({ path }) => path)));
  });
});

describe('every query', () => {
  it.each(allQueries.map(({ path, query }) => [path, query] as const))(
    '%s answers as declared',
    async (path, query) => {
      const response = await fetch(`${stack.urls.api}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      const answer = z.strictObject({
        data: z.array(z.strictObject(query.row.shape)),
        meta: z.strictObject(metaSchema.shape),
      });
      const { data, meta } = answer.parse(await response.json());
      expect(data.length).toBeGreaterThan(0);
      const rejected = query.stream === 'retail_events' ? 1 : 0;
      expect(meta).toMatchObject({ lag_records: 0, open_gaps: 0, rejected, quality: 'ok' });
      expect(meta.snapshot).toBeGreaterThan(0);
      expect(Date.parse(meta.realtime_through as string)).toBeGreaterThanOrEqual(
        Date.parse(meta.historical_through as string),
      );
    },
  );
});

describe('careless input', () => {
  it.each([
    ['a date that is none', `${SALES}?from=yesterday`, ['from']],
    ['February 30', `${SALES}?from=2026-02-30`, ['from']],
    ['a time without a zone', `${SALES}?from=2026-11-20T10:00:00`, ['from']],
    ['a time that is no whole hour', `${SALES}?from=2026-11-20T10:30:00Z`, ['from']],
    ['a time that is no whole day', `${PRODUCTS}?from=2026-11-20T10:00:00Z`, ['from']],
    ['a date before ClickHouse knows any', `${SALES}?from=1969-12-31`, ['from']],
    ['a date after ClickHouse knows any', `${SALES}?to=2200-01-01`, ['to']],
    ['an end before the beginning', `${SALES}?from=2026-11-21&to=2026-11-20`, ['to']],
    ['an empty range', `${SALES}?from=2026-11-21&to=2026-11-21`, ['to']],
    ['an empty value', `${SALES}?from=`, ['from']],
    ['a name alone', `${SALES}?limit`, ['limit']],
    ['a limit of zero', `${SALES}?limit=0`, ['limit']],
    ['a limit beyond the highest', `${SALES}?limit=1000000`, ['limit']],
    ['a limit of one and a half', `${SALES}?limit=1.5`, ['limit']],
    ['a limit in words', `${SALES}?limit=ten`, ['limit']],
    ['a limit of not-a-number', `${SALES}?limit=NaN`, ['limit']],
    ['a limit in hexadecimal', `${SALES}?limit=0x10`, ['limit']],
    ['a blank for a store', `${SALES}?store_id=%20`, ['store_id']],
    ['a store below zero', `${SALES}?store_id=-1`, ['store_id']],
    ['a store beyond 32 bits', `${SALES}?store_id=2147483648`, ['store_id']],
    ['SQL for a store', `${SALES}?store_id=1%20OR%201=1`, ['store_id']],
    ['SQL for a time', `${SALES}?from=2026-11-20');DROP%20TABLE%20retail.retail_events_realtime;--`, ['from']],
    ['SQL for a limit', `${SALES}?limit=1;DROP%20TABLE%20x`, ['limit']],
    ['a transaction type that is none', `${SALES}?transaction_type=GIFT`, ['transaction_type']],
    ['a transaction type in lower case', `${SALES}?transaction_type=sale`, ['transaction_type']],
    ['a very long value', `${PRODUCTS}?category=${'x'.repeat(5_000)}`, ['category']],
    ['an unknown parameter', `${SALES}?form=2026-11-20`, ['form']],
    ['a parameter of another case', `${SALES}?Limit=5`, ['Limit']],
    ['a parameter with brackets', `${SALES}?limit[]=5`, ['limit[]']],
    ['a parameter named like a prototype', `${SALES}?__proto__=1&constructor=2`, ['__proto__', 'constructor']],
    ['several wrong at once', `${SALES}?from=x&limit=0&store_id=y`, ['from', 'store_id', 'limit']],
    ['a parameter of none', '/v1/queries/retail_events/ingest_latency?limit=5', ['limit']],
    ['a repeated parameter', `${SALES}?limit=5&limit=10`, ['limit']],
    ['a parameter repeated with one value', `${SALES}?store_id=1&store_id=1`, ['store_id']],
    ['a past that is to come', `${SALES}?as_of=2999-01-01`, ['as_of']],
    ['a past in words', `${SALES}?as_of=yesterday`, ['as_of']],
    ['a past given twice', `${SALES}?as_of=2026-11-20&as_of=2026-11-21`, ['as_of']],
    ['snapshot zero', `${SALES}?as_of=snapshot:0`, ['as_of']],
  ])('%s: 400 that names the field', async (_, path, fields) => {
    const problem = await expectProblem(path, 400);
    expect(problem.errors?.map(({ field }) => field).sort()).toEqual([...fields].sort());
    for (const field of fields) expect(problem.detail).toContain(field);
  });

  it.each([
    ['an unknown domain', '/v1/queries/retail/sales_by_store', 'retail'],
    ['an unknown query', '/v1/queries/retail_events/sales_by_shop', 'sales_by_shop'],
    ['a table instead of a query', '/v1/queries/retail_events/retail_events_unified', 'retail_events_unified'],
    ['a query named like a prototype', '/v1/queries/retail_events/constructor', 'constructor'],
    ['a domain named like a prototype', '/v1/queries/__proto__/toString', '__proto__'],
    ['a query of another case', '/v1/queries/retail_events/Sales_By_Store', 'Sales_By_Store'],
    ['SQL for a query', "/v1/queries/retail_events/x';SELECT%201", 'x'],
  ])('%s: 404 that names it', async (_, path, name) => {
    expect((await expectProblem(path, 404)).detail).toContain(`"${name}`);
  });

  it.each(['0000-01-01', '1969-12-31T23:59:59Z', 'snapshot:999999999999999'])(
    '%s for the past: 404, as the lake kept nothing by then',
    async (asOf) => {
      expect((await expectProblem(`${SALES}?as_of=${asOf}`, 404)).detail).toContain('as_of');
    },
  );

  it.each([
    ['quotes', "x' OR '1'='1"],
    ['a backslash at the end', 'x\\'],
    ['a comment', "x'/*"],
    ['a placeholder', '{limit:UInt32}'],
    ['a NUL', 'x\0y'],
    ['line breaks and tabs', 'x\r\n\ty'],
    ['what ClickHouse writes for NULL', '\\N'],
    ['emoji and right-to-left', '🛒 מחשבים'],
    ['an empty-looking space', ' '],
  ])('%s as a category is a category that nothing has', async (_, category) => {
    const { status, body } = await stack.get(`${PRODUCTS}?category=${encodeURIComponent(category)}`);
    expect({ status, data: (body as { data?: unknown }).data }).toEqual({ status: 200, data: [] });
  });

  it.each([
    ['a path that is none', 'GET', '/v1/nothing'],
    ['a query of no domain', 'GET', '/v1/queries/sales_by_store'],
    ['a wrong method', 'POST', SALES],
    ['a wrong method', 'DELETE', '/v1/status'],
  ])('%s (%s %s) is refused with JSON', async (_, method, path) => {
    const response = await fetch(`${stack.urls.api}${path}`, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch(/json/);
  });

  it('a slash too much is forgiven', async () => {
    const answers = await Promise.all([stack.get(`${SALES}/`), stack.get(SALES)]);
    const [forgiven, plain] = answers.map(({ body }) => (body as { data: unknown }).data);
    expect(forgiven).toEqual(plain);
  });

  it('has left everything where it was', async () => {
    await waitForEvents(EVENTS);
    expect((await stack.get('/v1/health')).status).toBe(200);
  });
});

describe('the dashboard', () => {
  it('is served with its assets, each with a policy that allows nothing foreign', async () => {
    const page = await (await expectAsset('/', 'text/html')).text();
    const assets = [...page.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, path]) => path);
    expect(assets.sort()).toEqual(['assets/app.css', 'assets/app.js', 'assets/icon.svg']);
    await expectAsset('/assets/app.js', 'text/javascript');
    await expectAsset('/assets/app.css', 'text/css');
    await expectAsset('/assets/icon.svg', 'image/svg+xml');
  });

  it('has no other files', async () => {
    await expectProblem('/assets/..%2f..%2fserverless.yml', 404);
    await expectProblem('/assets/nothing.js', 404);
  });
});

describe('the schedule', () => {
  it('runs every stream each minute, in steps that share a batch id', async () => {
    const { rows: before } = await stack.reader.query<{ batch_id: string }>(
      "SELECT DISTINCT batch_id FROM tidemark.batch_runs WHERE step = 'done'",
    );
    const known = before.map(({ batch_id }) => batch_id);
    await waitUntil(
      async () => {
        const { rows } = await stack.reader.query(
          `SELECT stream FROM tidemark.batch_runs WHERE batch_id != '' AND NOT has({known:Array(String)}, batch_id)
           GROUP BY stream, batch_id
           HAVING hasAll(groupArray(step), ['compact', 'refresh-gold', 'done']) AND countIf(status = 'failed') = 0`,
          { known },
        );
        return rows.length >= declarations.length;
      },
      { withinMs: 75_000, everyMs: 500 },
    );
  }, 90_000);
});

/** `fetch` does not let its caller choose the host. */
async function readStatusUnderHost(url: string, host: string): Promise<number | undefined> {
  const request = httpRequest(url, { method: url.endsWith('/invocations') ? 'POST' : 'GET', headers: { host } }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

/** The body of `/v1/status`, with nothing in it that the schema does not know. */
function readStatus(body: unknown) {
  const { trigger, ...status } = statusSchema.parse(body);
  if (trigger === null) throw new Error('the trigger does not answer');
  return { ...status, trigger };
}

async function expectProblem(path: string, status: number): Promise<z.infer<typeof problemSchema>> {
  const response = await fetch(`${stack.urls.api}${path}`);
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(status);
  return problem;
}

async function expectAsset(path: string, contentType: string): Promise<Response> {
  const response = await fetch(`${stack.urls.api}${path}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain(contentType);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  return response;
}

async function waitForEvents(count: number, view = 'retail.retail_events_unified'): Promise<void> {
  await waitUntil(
    async () => {
      const { rows } = await stack.reader.query<{ events: number }>(`SELECT count() AS events FROM ${view}`);
      return rows[0]?.events === count;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}
