import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createObjectStore } from '@tidemark/platform/object-store';
import {
  discardAnswerSchema,
  listAnswerSchema,
  replayAnswerSchema,
  showAnswerSchema,
} from '../../functions/serving/dead-letters/answers.ts';
import { problemSchema } from '../support/api-schemas.ts';
import { type Position, sendOneByOne } from '../support/send-values.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Dead letters and backfill as an operator uses them: over HTTP, by `npm run invoke` and `npm run backfill`. */

let stack: TestStack;
let dir: string;
let positions: Position[];

const sale = (n: number, store: unknown = 1) => ({
  event_time: '2026-01-01 10:00:00',
  store_id: store,
  product_id: `Thing ${n}`,
  category: 'Books',
  transaction_type: 'SALE',
  quantity: 1,
  unit_price: 2.5,
});

beforeAll(async () => {
  [stack, dir] = await Promise.all([startTestStack(), mkdtemp(join(tmpdir(), 'tidemark-test-tools-'))]);
  const values = [JSON.stringify(sale(0, '1')), JSON.stringify(sale(1, '1')), 'poison', 'more poison'];
  positions = await sendOneByOne(
    stack.urls.kafkaBrokers,
    values.map((value) => ({ key: '1', value })),
  );
  await waitUntil(async () => (await listed('')).counts.reduce((sum, { records }) => sum + records, 0) === 4, {
    withinMs: 60_000,
    everyMs: 100,
  });
}, 300_000);

afterAll(async () => {
  await stack?.stop();
  await rm(dir, { recursive: true, force: true });
}, 120_000);

describe('dead letters over HTTP', () => {
  it('are listed page by page and counted by reason', async () => {
    const page = await listed('?stream=retail_events&limit=3');
    expect(page.data).toHaveLength(3);
    expect(page.counts.map(({ reason, records }) => [reason, records])).toEqual([
      ['invalid_json', 2],
      ['wrong_type', 2],
    ]);
    expect((await listed(`?stream=retail_events&cursor=${page.next_cursor}`)).data).toHaveLength(1);
    expect((await listed('?reason=invalid_json')).data.map(({ reason }) => reason)).toEqual([
      'invalid_json',
      'invalid_json',
    ]);
  });

  it('are shown with their bytes', async () => {
    const { status, body } = await stack.get(pathOf(2));
    expect({ status, body }).toMatchObject({ status: 200 });
    expect(showAnswerSchema.parse(body)).toMatchObject({
      reason: 'invalid_json',
      value: { text: 'poison' },
      state: 'open',
    });
    expect((await stack.get('/v1/dead-letters/retail_events/0/999999')).status).toBe(404);
  });

  it.each([
    ['?stream=nonsense', 'stream'],
    ['?partition=minus', 'partition'],
    ['?from=yesterday', 'from'],
    ['?cursor=!', 'cursor'],
    [`?cursor=${Buffer.from('["a","b",4294967296,0]').toString('base64url')}`, 'cursor'],
    ['?from=0001-01-01T00:00:00Z', 'from'],
    ['?from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z', 'to'],
    ['?from_offset=7&to_offset=7', 'to_offset'],
    ['?colour=red', 'colour'],
  ])('refuse %s and name the field', async (query, field) => {
    const { status, body } = await stack.get(`/v1/dead-letters${query}`);
    expect({ status, fields: problemSchema.parse(body).errors?.map((error) => error.field) }).toEqual({
      status: 400,
      fields: [field],
    });
  });

  it.each(['replay', 'discard'])(
    '%s takes JSON alone, so that no other site can send it from a browser',
    async (action) => {
      const body = JSON.stringify({ stream: 'retail_events', comment: 'x' });
      const url = `${stack.urls.api}/v1/dead-letters/${action}`;
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const response = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
        expect({ type, status: response.status }).toEqual({ type, status: 415 });
      }
      const json = { 'content-type': 'application/json' };
      const elsewhere = { ...json, origin: 'https://elsewhere.example' };
      expect((await fetch(url, { method: 'POST', headers: elsewhere, body })).status).toBe(403);
      const fetched = { ...json, 'sec-fetch-site': 'cross-site' };
      expect((await fetch(url, { method: 'POST', headers: fetched, body })).status).toBe(403);
      expect((await listed('')).data).toHaveLength(4);
    },
  );

  it('are not discarded without a reason', async () => {
    const { status, body } = await post('discard', { stream: 'retail_events' });
    expect(status).toBe(400);
    expect(problemSchema.parse(body).errors?.map(({ field }) => field)).toEqual(['comment']);
  });

  it('are replayed once, mended, and counted in the answers; the others stay open', async () => {
    const transform = [{ op: 'convert', field: 'store_id', to: 'number' }];
    const request = { stream: 'retail_events', transform, comment: 'the till wrote text' };
    const dry = replayAnswerSchema.parse((await post('replay', { ...request, dryRun: true })).body);
    expect(dry).toMatchObject({ replayed: 2, still_invalid: { invalid_json: 2 }, is_complete: true });
    expect(replayAnswerSchema.parse((await post('replay', request)).body)).toMatchObject({ replayed: 2 });
    expect(replayAnswerSchema.parse(await stack.invoke('replayDeadLetters', request))).toMatchObject({ replayed: 0 });

    await waitUntil(async () => (await countEvents("product_id LIKE 'Thing %'")) === 2, { withinMs: 60_000 });
    expect(await listed('')).toMatchObject({ counts: [{ reason: 'invalid_json', records: 2 }] });
    const done = await listed('?state=replayed');
    expect(done.data.map(({ comment }) => comment)).toEqual(['the till wrote text', 'the till wrote text']);
  });

  it('are discarded by npm run invoke, and keep their bytes', async () => {
    const data = JSON.stringify({ stream: 'retail_events', reason: 'invalid_json', comment: 'noise' });
    const { code, output } = await stack.run('invoke', 'discardDeadLetters', '--data', data);
    expect({ code, discarded: discardAnswerSchema.parse(JSON.parse(output)).discarded }).toEqual({
      code: 0,
      discarded: 2,
    });

    expect((await listed('')).data).toEqual([]);
    expect((await stack.get(pathOf(3))).body).toMatchObject({ state: 'discarded', value: { text: 'more poison' } });
    const wrong = await stack.run('invoke', 'discardDeadLetters', '--data', '{"stream":"retail_events"}');
    expect(wrong.code).toBe(1);
    expect(wrong.output).toContain('comment');
  });
});

describe('npm run backfill', () => {
  it('says in a dry run what would be refused, loads the file once, and counts it', async () => {
    const path = join(dir, 'history.ndjson');
    const lines = Array.from({ length: 3_000 }, (_, n) => JSON.stringify({ ...sale(n), product_id: `Old ${n}` }));
    await writeFile(path, [...lines, 'poison'].join('\n'));

    const dry = await stack.run('backfill', 'retail_events', path, '--dry-run');
    expect(dry.output).toContain('judged 3,001 records');
    expect(dry.output).toContain('1 dead letters: invalid_json');
    const loaded = await stack.run('backfill', 'retail_events', path);
    expect(loaded.output).toContain('loaded 3,001 records, 100%');
    const again = await stack.run('backfill', 'retail_events', path);
    expect(again.output).toContain('loaded before');

    await waitUntil(async () => (await countEvents("product_id LIKE 'Old %'")) === 3_000, { withinMs: 60_000 });
    expect((await listed('?reason=invalid_json')).data).toHaveLength(1);
  }, 120_000);

  it('loads all objects below a prefix, and what is new there the next time', async () => {
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', LAKE_BUCKET: bucket = '' } = stack.environment;
    const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    const store = createObjectStore({ bucket, region: 'us-east-1', endpoint: stack.urls.s3, credentials });
    const csv = (n: number) =>
      `${Object.keys(sale(0)).join(',')}\n${Object.values({ ...sale(n), product_id: 'S3' }).join(',')}\n`;
    const payload = { stream: 'retail_events', source: `s3://${bucket}/backfill/2025/` };
    await store.put('backfill/2025/a.csv', Buffer.from(csv(0)));
    await stack.invoke('backfill', payload);
    await store.put('backfill/2025/b.csv', Buffer.from(csv(1)));

    expect(await stack.invoke('backfill', payload)).toMatchObject({
      is_complete: true,
      files: [{ status: 'already_done' }, { status: 'done', records: 1 }],
    });
    await waitUntil(async () => (await countEvents("product_id = 'S3'")) === 2, { withinMs: 60_000 });
  }, 120_000);

  it.each([
    ['--help', 0, 'npm run backfill -- <stream> <file…>'],
    ['retail_events', 1, 'Which stream and which file?'],
    ['retail_events /nowhere/a.csv', 1, 'there is no file /nowhere/a.csv'],
    ['nonsense /nowhere/a.csv', 1, 'stream'],
  ])('%s ends with %s', async (args, code, text) => {
    const outcome = await stack.run('backfill', ...args.split(' '));
    expect({ code: outcome.code, isSaid: outcome.output.includes(text) }).toEqual({ code, isSaid: true });
    expect(outcome.output).not.toContain('    at ');
  });
});

async function listed(query: string) {
  const { status, body } = await stack.get(`/v1/dead-letters${query}`);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return listAnswerSchema.parse(body);
}

async function post(action: string, request: object) {
  const response = await fetch(`${stack.urls.api}/v1/dead-letters/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  return { status: response.status, body: await response.json() };
}

function pathOf(index: number): string {
  return `/v1/dead-letters/retail_events/${positions[index]?.partition}/${positions[index]?.offset}`;
}

async function countEvents(condition: string): Promise<number> {
  const { rows } = await stack.reader.query<{ events: number }>(
    `SELECT count() AS events FROM retail.retail_events_unified WHERE ${condition}`,
  );
  return rows[0]?.events ?? 0;
}
