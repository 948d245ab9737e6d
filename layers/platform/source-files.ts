import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { TidemarkError } from './errors.ts';

/** A file of history, on S3 or on disk. */
export interface SourceFile {
  /** `s3://bucket/key` or an absolute path. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Changes with the content: the object's ETag, or the SHA-256 of a file on disk. */
  readonly fingerprint: string;
  openStream(): Promise<Readable>;
  /** The bytes `[from, to)`. */
  read(from: number, to: number): Promise<ArrayBuffer>;
}

export interface SourceOptions {
  readonly region: string;
  readonly endpoint?: string | undefined;
  /** Whether a path means a file of this machine. */
  readonly mayReadDisk: boolean;
}

/** The source is not there, or not one that this function reads. */
export class SourceError extends TidemarkError {}

/**
 * Finds the files of a source: one object, every object below an S3 prefix that ends with a slash, or one file on disk.
 *
 * @throws SourceError that says what to give instead; a retryable TidemarkError where S3 does not answer
 */
export async function findSourceFiles(source: string, options: SourceOptions): Promise<SourceFile[]> {
  const address = /^s3:\/\/([^/]+)\/(.*)$/.exec(source);
  if (address === null) return [await openDiskFile(source, options)];
  const [, bucket = '', key = ''] = address;
  const { region, endpoint } = options;
  const client = new S3Client({ region, ...(endpoint !== undefined && { endpoint, forcePathStyle: true }) });
  return askS3(source, async () => {
    if (key !== '' && !key.endsWith('/')) return [await openObject(client, bucket, key)];
    const files: SourceFile[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: key })) {
      for (const { Key, Size } of page.Contents ?? []) {
        if (Key !== undefined && (Size ?? 0) > 0) files.push(await openObject(client, bucket, Key));
      }
    }
    if (files.length === 0) throw new SourceError(`there is nothing below ${source}`, { retryable: false });
    return files;
  });
}

async function openObject(client: S3Client, Bucket: string, Key: string): Promise<SourceFile> {
  const name = `s3://${Bucket}/${Key}`;
  const { ContentLength = 0, ETag = '' } = await client.send(new HeadObjectCommand({ Bucket, Key }));
  // An object that is replaced while it is read fails with 412 instead of giving half of each.
  const get = (Range?: string) => client.send(new GetObjectCommand({ Bucket, Key, IfMatch: ETag, Range }));
  return {
    name,
    sizeBytes: ContentLength,
    fingerprint: `${ContentLength}-${ETag.replaceAll('"', '')}`,
    openStream: () => askS3(name, async () => (await get()).Body as Readable),
    read: (from, to) =>
      askS3(name, async () => {
        const bytes = await (await get(`bytes=${from}-${to - 1}`)).Body?.transformToByteArray();
        return toArrayBuffer(bytes ?? new Uint8Array());
      }),
  };
}

async function openDiskFile(path: string, { mayReadDisk }: SourceOptions): Promise<SourceFile> {
  if (!mayReadDisk) {
    const message = `"${path}" is no s3://bucket/key: only on the laptop's stack can a function read files on disk`;
    throw new SourceError(message, { retryable: false });
  }
  if (!isAbsolute(path)) throw new SourceError(`"${path}": give the whole path`, { retryable: false });
  const info = await stat(path).catch((cause: unknown) => {
    throw new SourceError(`there is no file ${path}`, { retryable: false, cause });
  });
  if (!info.isFile()) throw new SourceError(`${path} is no file`, { retryable: false });
  return {
    name: path,
    sizeBytes: info.size,
    fingerprint: await hashFile(path, info.size, info.mtimeMs),
    openStream: async () => createReadStream(path),
    async read(from, to) {
      const file = await open(path);
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
        return toArrayBuffer(buffer.subarray(0, bytesRead));
      } finally {
        await file.close();
      }
    },
  };
}

/** By path, size and time: a load comes back to its file every few seconds. */
const knownHashes = new Map<string, string>();

async function hashFile(path: string, size: number, modifiedMs: number): Promise<string> {
  const key = `${path}\0${size}\0${modifiedMs}`;
  const known = knownHashes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const fingerprint = `${size}-${hash.digest('base64url')}`;
  knownHashes.set(key, fingerprint);
  return fingerprint;
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

async function askS3<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof TidemarkError) throw cause;
    const status = (cause as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new SourceError(`${what}: ${said}`, { retryable: status === undefined || status >= 500, cause });
  }
}
