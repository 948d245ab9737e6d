// Made online_retail.csv.br from a copy of the file: node --import tsx localstack/replay/online-retail/pack.ts <csv.gz>
// The bytes of the CSV stay as they are, so its SHA-256 proves the copy. Takes about a minute.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';

const source = process.argv[2];
if (source === undefined) throw new Error('which file? pack.ts <online_retail.csv.gz>');

const csv = gunzipSync(await readFile(source));
const packed = brotliCompressSync(csv, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_SIZE_HINT]: csv.length,
  },
});
await writeFile(new URL('./online_retail.csv.br', import.meta.url), packed);
console.log(`${csv.length} bytes, SHA-256 ${createHash('sha256').update(csv).digest('hex')}, packed ${packed.length}`);
