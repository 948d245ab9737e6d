import type { QueryRequest } from './request.ts';
import { readTokens } from './sql-tokens.ts';
import { readAssignments } from './statement.ts';
import type { UserProfile } from './users.ts';

/** What `SET` and `USE` have changed in an HTTP session (`session_id`). */
export interface HttpSession {
  settings: Map<string, string>;
  /** Empty until a USE. */
  database: string;
}

export interface HttpSessions {
  /** Finds the session of a request, or makes an unnamed one that ends with it. */
  find(profile: UserProfile, request: QueryRequest): HttpSession;
}

/** ClickHouse's default of `session_timeout`. */
const SESSION_TIMEOUT_MS = 60_000;

/**
 * Remembers sessions by user and id. They hold settings and the current database only: each request runs in an engine
 * session of its own, so temporary tables end with the request.
 */
export function createHttpSessions(now: () => number = Date.now): HttpSessions {
  const sessions = new Map<string, { session: HttpSession; expiresAt: number }>();
  return {
    find(profile, request) {
      for (const [key, { expiresAt }] of sessions) if (expiresAt < now()) sessions.delete(key);
      if (request.sessionId === undefined) return { settings: new Map(), database: '' };
      const key = `${profile.name} ${request.sessionId}`;
      const session = sessions.get(key)?.session ?? { settings: new Map(), database: '' };
      sessions.set(key, { session, expiresAt: now() + SESSION_TIMEOUT_MS });
      return session;
    },
  };
}

/** Reads a canonical `SET a = 1, …`; undefined for every other statement. */
export function readSetStatement(canonical: string): Map<string, string> | undefined {
  const [keyword, ...rest] = readTokens(canonical);
  return keyword?.text === 'SET' ? readAssignments(rest) : undefined;
}

/** Reads the name from a canonical `USE name`; undefined for every other statement. */
export function readUseStatement(canonical: string): string | undefined {
  const [keyword, name, ...rest] = readTokens(canonical);
  return keyword?.text === 'USE' && rest.length === 0 ? name?.value : undefined;
}
