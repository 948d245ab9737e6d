import { createHash } from 'node:crypto';

/** One file of the dashboard, with a strong entity tag of its content. */
export interface Asset {
  contentType: string;
  body: string;
  etag: string;
}

export interface AssetRequest {
  /** Path without the stage: `/` or `/assets/app.js`. */
  path: string;
  headers: Readonly<Record<string, string | undefined>> | null;
}

export interface AssetResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Nothing but our own files runs, styles or connects; no inline script or style; nobody frames the page.
 * `require-trusted-types-for` makes the browser refuse every assignment of text as HTML, whoever writes it.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Hashes the content once, at start. */
export function makeAsset(contentType: string, body: string): Asset {
  return { contentType, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

/** 200 with the asset, 304 if the client's copy is the same, 404 as a problem for any other path. */
export function answerAsset(assets: ReadonlyMap<string, Asset>, request: AssetRequest): AssetResponse {
  const asset = assets.get(request.path);
  if (asset === undefined) return answerNotFound(request.path);
  // no-cache means "ask each time": after a deployment the next load shows it, and otherwise costs a 304.
  const headers = { ...SECURITY_HEADERS, 'cache-control': 'no-cache', etag: asset.etag };
  if (matchesEtag(findHeader(request.headers, 'if-none-match'), asset.etag)) {
    return { statusCode: 304, headers, body: '' };
  }
  return { statusCode: 200, headers: { ...headers, 'content-type': asset.contentType }, body: asset.body };
}

/** If-None-Match compares weakly: RFC 9110, section 13.1.2. */
function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const candidates = ifNoneMatch.split(',').map((candidate) => candidate.trim().replace(/^W\//, ''));
  return candidates.includes('*') || candidates.includes(etag);
}

/** API Gateway keeps the client's spelling of header names, and emulators their own. */
function findHeader(headers: AssetRequest['headers'], name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

function answerNotFound(path: string): AssetResponse {
  const problem = { type: 'about:blank', title: 'Not found', status: 404, detail: `There is nothing at ${path}.` };
  return {
    statusCode: 404,
    headers: { ...SECURITY_HEADERS, 'content-type': 'application/problem+json' },
    body: JSON.stringify(problem),
  };
}
