/**
 * Speed layer: every record of a stream into its hot table, within seconds.
 *
 * Trigger:     Kafka event source mapping; one function per stream, named by STREAM
 * Reads:       the batch that it is handed
 * Writes:      the stream's hot table, tidemark.dead_letters
 * Idempotency: (topic, partition, offset) is the identity of a row; a batch that comes again changes nothing
 */
import { findDeclaration } from '@tidemark/domains/index';
import { createClickHouse } from '@tidemark/platform/clickhouse';
import { readConfig, readStreamName } from '@tidemark/platform/config';
import { createLog } from '@tidemark/platform/log';
import { createIngest } from './ingest/ingest-records.ts';

const { stream } = findDeclaration(readStreamName());
const clickhouse = createClickHouse(readConfig(), 'ingest');

export const handler = createIngest(stream, { clickhouse, log: createLog(`ingest ${stream.name}`) });
