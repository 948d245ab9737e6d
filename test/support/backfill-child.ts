// Loads a file into a topic as a process of its own, to be killed: node … backfill-child.ts <topic> <file> <load id>
import { findDeclaration } from '@tidemark/domains/index';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { systemClock } from '@tidemark/platform/clock';
import { readConfig } from '@tidemark/platform/config';
import { createWriterOpener } from '@tidemark/platform/connections';
import { findSourceFiles } from '@tidemark/platform/source-files';
import { loadFile } from '../../functions/batch/backfill/load-file.ts';

const [, , topic = '', path = '', loadId = ''] = process.argv;
const config = readConfig();
const stream = { ...findDeclaration('retail_events').stream, topic };
const log = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };
const deps = {
  reader: createClickHouse(config, 'query'),
  writer: createClickHouse(config, 'ingest'),
  openWriter: createWriterOpener(config, 'test-backfill'),
  clock: systemClock,
  log,
};
const [file] = await findSourceFiles(path, { region: 'us-east-1', mayReadDisk: true });
if (file === undefined) throw new Error(`there is no ${path}`);
const input = { loadId, mapping: {}, isDryRun: false, deadlineMs: Number.POSITIVE_INFINITY };
console.log(JSON.stringify(await loadFile(stream, file, input, deps)));
await Promise.all([deps.reader.close(), deps.writer.close()]);
