import { describe, expect, it } from '@jest/globals';
import { ApiError, createApi } from '../../../functions/serving/dashboard/model/api.ts';

const PROBLEM = { 'content-type': 'application/problem+json' };

function apiAnswering(answer: () => Promise<Response>) {
  const asked: string[] = [];
  const sent: RequestInit[] = [];
  const api = createApi('http://localhost/dev/#/sales', async (url, init = {}) => {
    asked.push(String(url));
    sent.push(init);
    return answer();
  });
  return { ...api, asked, sent };
}

describe('the dashboard’s client of the API', () => {
  it('asks below the page’s own address, stage included, with encoded parameters', async () => {
    const { getJson, asked } = apiAnswering(async () => Response.json({ data: [] }));

    await getJson('v1/queries/x', { from: '2026-11-21T08:00:00Z', limit: 5 });

    expect(asked).toEqual(['http://localhost/dev/v1/queries/x?from=2026-11-21T08%3A00%3A00Z&limit=5']);
  });

  it('words a problem by its detail and the fields it names', async () => {
    const problem = { title: 'Bad Request', detail: 'Not a range', errors: [{ field: 'to', message: 'too early' }] };
    const { getJson } = apiAnswering(
      async () => new Response(JSON.stringify(problem), { status: 400, headers: PROBLEM }),
    );

    await expect(getJson('v1/x')).rejects.toMatchObject({ message: 'Not a range · to: too early', status: 400 });
  });

  it('does not name a field twice where the detail names it already', async () => {
    const problem = { detail: 'comment: must say why', errors: [{ field: 'comment', message: 'must say why' }] };
    const { postJson } = apiAnswering(
      async () => new Response(JSON.stringify(problem), { status: 400, headers: PROBLEM }),
    );

    await expect(postJson('v1/x', {})).rejects.toThrow(/^comment: must say why$/);
  });

  it('posts JSON as JSON, which no other site can without being asked', async () => {
    const { postJson, asked, sent } = apiAnswering(async () => Response.json({ discarded: 3 }));

    await expect(postJson('v1/dead-letters/discard', { stream: 'x' })).resolves.toEqual({ discarded: 3 });

    expect(asked).toEqual(['http://localhost/dev/v1/dead-letters/discard']);
    expect(sent).toMatchObject([
      { method: 'POST', body: '{"stream":"x"}', headers: { 'content-type': 'application/json' } },
    ]);
  });

  it('names the status when the error is not a problem document', async () => {
    const { getJson } = apiAnswering(async () => new Response('<html>bad gateway</html>', { status: 502 }));

    await expect(getJson('v1/x')).rejects.toThrow('The API answered 502.');
  });

  it('takes an accepted status as an answer, but never a problem', async () => {
    const degraded = apiAnswering(async () => Response.json({ status: 'degraded' }, { status: 503 }));
    const broken = apiAnswering(
      async () => new Response(JSON.stringify({ detail: 'No handler' }), { status: 503, headers: PROBLEM }),
    );

    await expect(degraded.getJson('v1/health', {}, 503)).resolves.toEqual({ status: 'degraded' });
    await expect(broken.getJson('v1/health', {}, 503)).rejects.toThrow('No handler');
  });

  it('says what to do when nothing answers, and keeps the cause', async () => {
    const cause = new TypeError('fetch failed');
    const { getJson } = apiAnswering(() => Promise.reject(cause));

    const error = await getJson('v1/x').catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ message: expect.stringContaining('npm start'), status: undefined, cause });
  });

  it('refuses an answer that is not JSON', async () => {
    const { getJson } = apiAnswering(async () => new Response('hello'));

    await expect(getJson('v1/x')).rejects.toThrow('The answer of /dev/v1/x is not JSON.');
  });
});
