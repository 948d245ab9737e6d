import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AwsClientConfig } from '../aws/client-config.ts';
import { buildFailureRecord, type FailureContext } from '../core/failure-record.ts';
import type { FailureSink } from './failure-sink.ts';

/** Stores each batch as one object: its metadata, and the event as an escaped JSON string. */
export function openS3Sink(
  bucket: string,
  mapping: string,
  config: AwsClientConfig,
  describe: () => FailureContext,
): FailureSink {
  const client = new S3Client({ ...config, forcePathStyle: true });
  return {
    async send(batch) {
      const context = describe();
      const { record, event } = buildFailureRecord(batch, context);
      const [{ topic, partition } = { topic: '', partition: 0 }] = batch.slices;
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: nameObject(mapping, `${topic}-${partition}`, context.nowMs),
          Body: JSON.stringify({ ...record, payload: JSON.stringify(event) }),
          ContentType: 'application/json',
        }),
      );
    },
    close: async () => client.destroy(),
  };
}

/**
 * `aws/lambda/<mapping>/<topic-partition>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random UUID>`: the name that stream mappings
 * have, with the batch's first partition for the shard, since the Kafka page names none.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html (2026-11).
 */
function nameObject(mapping: string, partition: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString().slice(0, 19);
  const day = time.slice(0, 10).replaceAll('-', '/');
  return `aws/lambda/${mapping}/${partition}/${day}/${time.replaceAll(':', '.')}-${randomUUID()}`;
}
