import { isUtf8 } from 'node:buffer';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { Problem } from '@tidemark/platform/http';
import type { Bytes, LetterAction, ShownDeadLetter } from './answers.ts';
import type { ShowRequest } from './requests.ts';

type Row = Pick<ShownDeadLetter, 'topic' | 'timestamp' | 'reason' | 'detail' | 'first_seen' | 'state'> & {
  readonly key_base64: string | null;
  readonly value_base64: string | null;
  readonly headers: readonly { readonly name: string; readonly value_base64: string | null }[];
};

/** Shows one dead letter. @throws Problem 404 where there is none */
export async function showDeadLetter(
  { stream, partition, offset }: ShowRequest,
  clickhouse: ClickHouse,
): Promise<ShownDeadLetter> {
  const params = { stream, partition, offset };
  const isIt = 'stream = {stream:String} AND _partition = {partition:UInt32} AND _offset = {offset:UInt64}';
  const [letters, history] = await Promise.all([
    clickhouse.query<Row>(
      `SELECT topic, _timestamp AS timestamp, reason, detail, first_seen, state, base64Encode(key) AS key_base64,
         base64Encode(value) AS value_base64, headers
       FROM tidemark.dead_letters_by_state WHERE ${isIt} ORDER BY topic LIMIT 1`,
      params,
    ),
    clickhouse.query<LetterAction>(
      `SELECT DISTINCT action, comment, at, new_partition, new_offset FROM tidemark.dead_letter_log WHERE ${isIt} ORDER BY at`,
      params,
    ),
  ]);
  const row = letters.rows[0];
  if (row === undefined) {
    throw new Problem(404, 'No such dead letter', `${stream} has no dead letter at offset ${offset} of ${partition}.`);
  }
  const { key_base64, value_base64, headers, ...rest } = row;
  return {
    stream,
    partition,
    offset,
    ...rest,
    key: describeBytes(key_base64),
    value: describeBytes(value_base64),
    headers: headers.map(({ name, value_base64: value }) => ({ name, value: describeBytes(value) })),
    history: history.rows,
  };
}

function describeBytes(base64: string | null): Bytes {
  if (base64 === null) return null;
  const bytes = Buffer.from(base64, 'base64');
  return { base64, text: isUtf8(bytes) ? bytes.toString('utf8') : null };
}
