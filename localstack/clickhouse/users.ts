import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ClickHouseError } from './clickhouse-error.ts';
import type { UserName } from './config.ts';

/** What a user may do, and the engine settings every statement of theirs begins with. */
export interface UserProfile {
  name: UserName;
  /** `any`: no guard; otherwise the guard holds statements against its allow-lists. */
  rights: 'any' | 'insert' | 'read';
  /** SQL literals by setting name. */
  settings: Record<string, string>;
  /** Settings that the user may change for one statement, up to this; 0, which lifts a limit, is refused too. */
  limits: Record<string, number>;
  /** Statements at once. */
  maxConcurrent: number;
  /** How long a further statement waits for a place before it is refused. */
  maxWaitMs: number;
}

const GIGABYTE = 1_000_000_000;

/** Settings for everybody: what a ClickHouse server has as default and chdb has not, and durable inserts. */
const BASE_SETTINGS = { async_insert: '0', implicit_select: '0', allow_introspection_functions: '0' };

/**
 * `query` reads one thread wide (two where a statement asks for them) and at low OS priority, so that ingest finds a
 * free core: beside a scan of one thread its p99 was 38 ms, beside one of two 576 ms.
 * `final = 1`: a hot table is a ReplacingMergeTree, exact only when merged at reading.
 */
export const PROFILES: Record<UserName, UserProfile> = {
  admin: {
    name: 'admin',
    rights: 'any',
    settings: { ...BASE_SETTINGS, max_execution_time: '600' },
    limits: {},
    maxConcurrent: 8,
    maxWaitMs: 60_000,
  },
  ingest: {
    name: 'ingest',
    rights: 'insert',
    settings: { ...BASE_SETTINGS, max_execution_time: '60', max_partitions_per_insert_block: '0' },
    limits: { max_execution_time: 60, max_threads: 2 },
    maxConcurrent: 6,
    maxWaitMs: 60_000,
  },
  query: {
    name: 'query',
    rights: 'read',
    settings: {
      ...BASE_SETTINGS,
      final: '1',
      max_execution_time: '30',
      max_memory_usage: String(2 * GIGABYTE),
      max_threads: '1',
      os_thread_priority: '10',
    },
    limits: { max_execution_time: 30, max_memory_usage: 2 * GIGABYTE, max_threads: 2 },
    maxConcurrent: 8,
    // A dashboard of ten panels is served; so is one whose last requests are still being killed.
    maxWaitMs: 1_000,
  },
};

/**
 * Finds out who asks: `X-ClickHouse-User`/`-Key` headers, HTTP Basic, or `user`/`password` in the query string.
 * Throws REQUIRED_PASSWORD or AUTHENTICATION_FAILED.
 */
export function authenticate(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  passwords: Record<UserName, string>,
): UserProfile {
  const { user, password } = readCredentials(headers, query);
  if (user === 'default' && password === '') {
    throw new ClickHouseError(194, 'REQUIRED_PASSWORD', 'default: Authentication failed: name a user and a password');
  }
  const profile = isUserName(user) ? PROFILES[user] : undefined;
  const expected = profile ? passwords[profile.name] : '';
  if (isSame(password, expected) && profile) return profile;
  throw new ClickHouseError(
    516,
    'AUTHENTICATION_FAILED',
    `${user}: Authentication failed: password is incorrect, or there is no user with such name`,
  );
}

function readCredentials(headers: IncomingHttpHeaders, query: URLSearchParams): { user: string; password: string } {
  const headerUser = headers['x-clickhouse-user'];
  if (headerUser !== undefined)
    return { user: String(headerUser), password: String(headers['x-clickhouse-key'] ?? '') };
  const basic = /^Basic (.+)$/i.exec(headers.authorization ?? '');
  if (basic) {
    const decoded = Buffer.from(basic[1] ?? '', 'base64').toString('utf8');
    const colon = decoded.indexOf(':');
    if (colon >= 0) return { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  return { user: query.get('user') || 'default', password: query.get('password') ?? '' };
}

function isUserName(name: string): name is UserName {
  return Object.hasOwn(PROFILES, name);
}

/** Compares digests, so that neither length nor content of the password shows in the time taken. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected)) && expected !== '';
}
