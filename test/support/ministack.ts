import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStoreOptions } from '../../layers/platform/object-store.ts';
import { findFreePort } from './find-free-ports.ts';
import { pythonWith } from './python-with.ts';

export interface Ministack {
  endpoint: string;
  /** Makes a bucket and says how to open it. */
  createBucket(bucket: string): Promise<ObjectStoreOptions>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'us-east-1';

/** Starts a real S3 server of its own, on a free port and with its own state. */
export async function startMinistack(): Promise<Ministack> {
  const python = await pythonWith(['ministack==1.5.33', 'cryptography']);
  const stateDir = await mkdtemp(join(tmpdir(), 'tidemark-ministack-'));
  const port = await findFreePort();
  const server = spawn(python, ['-m', 'ministack'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      PERSIST_STATE: '1',
      STATE_DIR: join(stateDir, 'state'),
      S3_PERSIST: '1',
      S3_DATA_DIR: join(stateDir, 's3'),
      SFTP_ENABLED: '0',
      IOT_MTLS_ENABLED: '0',
    },
  });
  const exited = once(server, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  await waitUntilReady(endpoint);
  const admin = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  return {
    endpoint,
    async createBucket(bucket) {
      await admin.send(new CreateBucketCommand({ Bucket: bucket }));
      return { bucket, endpoint, region, credentials };
    },
    async stop() {
      admin.destroy();
      server.kill('SIGKILL');
      await exited;
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(endpoint: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const isReady = await fetch(endpoint).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    if (Date.now() > deadline) throw new Error(`ministack is not ready on ${endpoint}`);
    await wait(50);
  }
}
