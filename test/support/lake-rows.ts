import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { LakeTableDefinition } from '@tidemark/platform/lake/definition';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import { createObjectStore } from '@tidemark/platform/object-store';
import { preparePyIceberg } from './lake-readers.ts';
import type { TestStack } from './test-stack.ts';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

const PROGRAM = `
import base64, json, sys
from pyiceberg.table import StaticTable

table = StaticTable.from_metadata(sys.argv[1], {'s3.endpoint': sys.argv[2], 's3.region': 'us-east-1',
    's3.access-key-id': 'test', 's3.secret-access-key': 'test'})
to_json = lambda value: base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
print(json.dumps(table.scan().to_arrow().to_pylist(), default=to_json))
`;

/** Every row of a lake table's newest version as PyIceberg reads it: bytes as base64, decimals and times as text. */
export async function readLakeRows<Row>(
  { environment, urls }: TestStack,
  definition: LakeTableDefinition,
): Promise<Row[]> {
  const bucket = environment.LAKE_BUCKET as string;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const store = createObjectStore({ bucket, region: 'us-east-1', endpoint: urls.s3, credentials });
  const table = await LakeTable.open(store, definition, { now: Date.now, newId: randomUUID });
  const { metadataKey } = await table.load();
  const { stdout } = await promisify(execFile)(
    await preparePyIceberg(),
    ['-c', PROGRAM, `s3://${bucket}/${metadataKey}`, urls.s3],
    { maxBuffer: MAX_OUTPUT_BYTES },
  );
  return JSON.parse(stdout) as Row[];
}
