import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import type { Log } from '@tidemark/platform/log';
import { readTriggerStatus } from '@tidemark/platform/trigger-status';

function createRecordingLog() {
  const warnings: unknown[] = [];
  const ignore = () => undefined;
  const log: Log = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (...line: unknown[]) => void warnings.push(line),
  };
  return { log, warnings };
}

it('without an address there is no trigger to ask, and nothing to warn of', async () => {
  const { log, warnings } = createRecordingLog();
  expect(await readTriggerStatus(undefined, log)).toBeUndefined();
  expect(warnings).toEqual([]);
});

it('an answer of another shape is no status, and the log says why', async () => {
  const server = createServer((_request, response) => void response.end('{"mappings":1}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { log, warnings } = createRecordingLog();
  const { port } = server.address() as AddressInfo;
  expect(await readTriggerStatus(`http://127.0.0.1:${port}`, log)).toBeUndefined();
  expect(warnings).toHaveLength(1);
  server.close();
});
