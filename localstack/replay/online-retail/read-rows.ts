import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createBrotliDecompress } from 'node:zlib';
import { parse } from 'csv-parse';
import type { OnlineRetailRow } from './map-row.ts';

/** csv-parse refuses a line with more or fewer fields than the first. */
type CsvLine = readonly [
  invoiceNo: string,
  stockCode: string,
  description: string,
  quantity: string,
  invoiceDate: string,
  unitPrice: string,
  customerId: string,
  country: string,
];

/** Rows in the file. */
export const ROW_COUNT = 541_909;

/**
 * Reads the rows in the file's order, which is the order of their time; what is read ahead is bounded by the streams'
 * buffers.
 *
 * @throws what the file system, the decompression or the CSV parser finds wrong
 */
export async function* readRows(): AsyncGenerator<OnlineRetailRow> {
  const lines: AsyncIterable<CsvLine> = pipeline(
    createReadStream(new URL('./online_retail.csv.br', import.meta.url)),
    createBrotliDecompress(),
    parse({ from_line: 2 }),
    // An error ends the iteration below by being thrown there; a reader who stops early is none.
    () => {},
  );
  for await (const [invoiceNo, stockCode, description, quantity, invoiceDate, unitPrice, , country] of lines) {
    yield { invoiceNo, stockCode, description, quantity, invoiceDate, unitPrice, country };
  }
}
