import { SourceError } from '@tidemark/platform/source-files';

export const FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

const BY_EXTENSION: Record<string, Format> = {
  csv: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  parquet: 'parquet',
};

/** What the name says: `.csv`, `.ndjson`, `.jsonl`, `.json` (a line is an object), each also with `.gz`; `.parquet`. */
export function findFormat(name: string, given: Format | undefined): { format: Format; isGzipped: boolean } {
  const [, extension = '', gz] = /\.([a-z]+)(\.gz)?$/i.exec(name) ?? [];
  const format = given ?? BY_EXTENSION[extension.toLowerCase()];
  if (format === undefined) {
    const message = `${name}: its name does not say its format, so say "format": ${FORMATS.join(', ')}`;
    throw new SourceError(message, { retryable: false });
  }
  return { format, isGzipped: format !== 'parquet' && (gz !== undefined || /\.gz$/i.test(name)) };
}
