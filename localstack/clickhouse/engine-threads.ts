/**
 * Threads of libuv's pool, as the environment tells them (`UV_THREADPOOL_SIZE`): every running statement holds one, and
 * reading a request needs some beside them.
 */
export const ENGINE_THREADS = { UV_THREADPOOL_SIZE: '48' };
