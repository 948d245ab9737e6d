import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A request's data on its way to the engine: a file that no one parses as SQL. */
export interface SpooledFile {
  readonly path: string;
  readonly byteLength: number;
  remove(): Promise<void>;
}

export interface Spool {
  /** Where result pipes and small uploads live: memory where there is a tmpfs. */
  readonly memoryDirectory: string;
  write(chunks: AsyncIterable<Uint8Array>): Promise<SpooledFile>;
  /** Removes everything. */
  close(): void;
}

/** Uploads up to this size stay in memory. */
const MAX_MEMORY_BYTES = 16 * 1024 * 1024;

/** Opens empty spool directories; what an ended process has left there is removed. */
export function openSpool(diskDirectory: string): Spool {
  const memoryDirectory = findMemoryDirectory(diskDirectory);
  const directories = [memoryDirectory, diskDirectory];
  for (const directory of directories) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }
  let written = 0;

  return {
    memoryDirectory,
    async write(chunks) {
      written += 1;
      const name = `upload-${written}`;
      return writeFile(chunks, join(memoryDirectory, name), join(diskDirectory, name));
    },
    close() {
      for (const directory of directories) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One name per state directory, so that the next process finds and clears what this one leaves when it is killed. */
function findMemoryDirectory(diskDirectory: string): string {
  const id = createHash('sha256').update(diskDirectory).digest('hex').slice(0, 12);
  return existsSync('/dev/shm') ? `/dev/shm/tidemark-clickhouse-${id}` : `${diskDirectory}-memory`;
}

async function writeFile(
  chunks: AsyncIterable<Uint8Array>,
  memoryPath: string,
  diskPath: string,
): Promise<SpooledFile> {
  let pending: Uint8Array[] = [];
  let byteLength = 0;
  let disk: FileHandle | undefined;
  try {
    for await (const chunk of chunks) {
      byteLength += chunk.byteLength;
      pending.push(chunk);
      if (byteLength > MAX_MEMORY_BYTES) {
        disk ??= await open(diskPath, 'w', 0o600);
        await disk.writev(pending);
        pending = [];
      }
    }
    const path = disk ? diskPath : memoryPath;
    const file = disk ?? (await open(memoryPath, 'w', 0o600));
    disk = file;
    if (pending.length > 0) await file.writev(pending);
    await file.close();
    return { path, byteLength, remove: () => unlink(path) };
  } catch (error) {
    await disk?.close();
    rmSync(diskPath, { force: true });
    throw error;
  }
}
