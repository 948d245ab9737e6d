import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { TidemarkError } from './errors.ts';

export interface StoredObject {
  key: string;
  sizeBytes: number;
  modifiedAt: Date;
}

/**
 * The bucket, as far as the lake needs it. Keys are relative to the bucket and start without a slash.
 *
 * Every failure is a {@link TidemarkError} with its `cause`. Grant `s3:ListBucket`: without it S3 answers 403
 * where 404 is meant, and `get` and `exists` fail instead of saying "absent".
 */
export interface ObjectStore {
  /** `s3://bucket`: what Iceberg puts before a key to make it absolute. */
  readonly uri: string;
  /** The object's bytes, or undefined if there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  exists(key: string): Promise<boolean>;
  put(key: string, body: Uint8Array): Promise<void>;
  /**
   * Writes only where nothing is (`If-None-Match: *`), atomically among all writers.
   *
   * `exists` means "maybe mine": when an acknowledgement is lost, the SDK's retry meets its own first write.
   * Whoever must know reads the object back and compares.
   */
  putIfAbsent(key: string, body: Uint8Array): Promise<'created' | 'exists'>;
  /** In key order; pages are fetched as they are consumed. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
}

export interface ObjectStoreOptions {
  bucket: string;
  region: string;
  /** An S3-compatible server; it is addressed in path style. Without it, AWS. */
  endpoint?: string | undefined;
  /** Without them, the SDK's default chain. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** For one try of a request; after {@link MAX_ATTEMPTS} it fails. */
  requestTimeoutMs?: number;
}

/** Counts from the request on: waiting for one of the 50 sockets is part of it. */
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_ATTEMPTS = 4;

/** Opens a bucket on S3 or on a server that speaks its protocol. */
export function createObjectStore(options: ObjectStoreOptions): ObjectStore {
  const { bucket, region, endpoint, credentials, requestTimeoutMs = 30_000 } = options;
  const client = new S3Client({
    region,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      // Otherwise the SDK merely warns, and waits on.
      throwOnRequestTimeout: true,
      socketTimeout: requestTimeoutMs,
    },
    ...(endpoint && { endpoint, forcePathStyle: true }),
    ...(credentials && { credentials }),
  });

  return {
    uri: `s3://${bucket}`,
    get: (key) =>
      askStore(`get ${key}`, async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return Body?.transformToByteArray();
      }).catch(undefinedIfAbsent),
    exists: (key) =>
      askStore(`head ${key}`, async () => {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return true;
      })
        .catch(undefinedIfAbsent)
        .then((found) => found === true),
    put: (key, body) =>
      askStore(`put ${key}`, async () => {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
      }),
    putIfAbsent: (key, body) =>
      askStore(`put ${key} if absent`, async () => {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*' }));
        return 'created' as const;
      }).catch((error: unknown) => {
        if (readStatus(error) === 412) return 'exists' as const;
        throw error;
      }),
    list: (prefix) => listObjects(client, bucket, prefix),
    delete: (key) =>
      askStore(`delete ${key}`, async () => {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      }),
  };
}

async function* listObjects(client: S3Client, bucket: string, prefix: string): AsyncIterable<StoredObject> {
  const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })[Symbol.asyncIterator]();
  for (;;) {
    const { done, value: page } = await askStore(`list ${prefix}`, () => pages.next());
    if (done) return;
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      if (Key !== undefined) yield { key: Key, sizeBytes: Size ?? 0, modifiedAt: LastModified ?? new Date(0) };
    }
  }
}

async function askStore<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    const status = cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
    throw new TidemarkError(`object store: ${what} failed${status ? ` with ${status}` : ''}`, {
      retryable: status === undefined || isTransient(status),
      cause,
    });
  }
}

/** 409 is a conditional write that met another one in flight: S3 asks to send it again. */
function isTransient(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 429;
}

function undefinedIfAbsent(error: unknown): undefined {
  // A missing bucket is a 404 too, but no answer to "is this object there?".
  if (readStatus(error) === 404 && readErrorName(error) !== 'NoSuchBucket') return undefined;
  throw error;
}

function readStatus(error: unknown): number | undefined {
  const cause = error instanceof TidemarkError ? error.cause : undefined;
  return cause instanceof S3ServiceException ? cause.$metadata.httpStatusCode : undefined;
}

function readErrorName(error: unknown): string | undefined {
  return error instanceof TidemarkError && error.cause instanceof Error ? error.cause.name : undefined;
}
