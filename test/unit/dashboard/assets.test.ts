import { describe, expect, it } from '@jest/globals';
import { answerAsset, makeAsset } from '../../../functions/serving/dashboard/assets.ts';
import { PAGE } from '../../../functions/serving/dashboard/page.ts';

const page = makeAsset('text/html; charset=utf-8', PAGE);
const assets = new Map([['/', page]]);

describe('the dashboard’s files', () => {
  it('are served with their type, an entity tag and no sniffing', () => {
    const response = answerAsset(assets, { path: '/', headers: {} });

    expect(response.statusCode).toBe(200);
    expect(response.body).toBe(PAGE);
    expect(response.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      etag: page.etag,
    });
  });

  it('forbid every script, style and connection that is not ours, and text as HTML', () => {
    const policy = answerAsset(assets, { path: '/', headers: {} }).headers['content-security-policy'] ?? '';
    const directives = policy.split('; ');

    expect(directives).toContain("default-src 'none'");
    expect(directives).toContain("script-src 'self'");
    expect(directives).toContain("style-src 'self'");
    expect(directives).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it.each([
    ['the same tag', (tag: string) => ({ 'if-none-match': tag })],
    ['another spelling of the header', (tag: string) => ({ 'If-None-Match': tag })],
    ['a weak tag in a list', (tag: string) => ({ 'if-none-match': `"other", W/${tag}` })],
    ['any tag', () => ({ 'if-none-match': '*' })],
  ])('are not sent again to a client with %s', (_, headersFor) => {
    const response = answerAsset(assets, { path: '/', headers: headersFor(page.etag) });

    expect(response).toMatchObject({ statusCode: 304, body: '' });
    expect(response.headers.etag).toBe(page.etag);
  });

  it('are sent to a client whose copy is another', () => {
    expect(answerAsset(assets, { path: '/', headers: { 'if-none-match': '"other"' } }).statusCode).toBe(200);
  });

  it('have another tag when their content changes', () => {
    expect(makeAsset('text/plain', 'a').etag).not.toBe(makeAsset('text/plain', 'b').etag);
  });

  it('answer an unknown path with a problem that names it, also where there are no headers', () => {
    const response = answerAsset(assets, { path: '/assets/../secret', headers: null });

    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(response.body)).toMatchObject({ status: 404, detail: 'There is nothing at /assets/../secret.' });
  });

  it('hold no inline script and no inline style, which the policy would refuse', () => {
    expect(PAGE).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\son\w+=/);
  });
});
