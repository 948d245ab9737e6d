import { describe, expect, it } from '@jest/globals';
import { createKafka, type KafkaLogger } from '@tidemark/platform/kafka/client';

/** Nothing listens there, and nothing may without privileges. */
const CLOSED = '127.0.0.1:1';

describe('createKafka', () => {
  it("hands kafkajs's log lines to the logger, with where they come from", async () => {
    const lines: [string, string, Record<string, unknown>][] = [];
    const keep = (level: string) => (message: string, details: Record<string, unknown>) => {
      lines.push([level, message, details]);
    };
    const logger: KafkaLogger = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
    const admin = createKafka({ brokers: [CLOSED], clientId: 'test', logger, retry: { retries: 0 } }).admin();
    await expect(admin.connect()).rejects.toThrow(/ECONNREFUSED/);
    expect(lines).toContainEqual([
      'error',
      expect.stringContaining('Connection error'),
      expect.objectContaining({ source: 'kafkajs/Connection', broker: CLOSED }),
    ]);
  });

  it('says nothing without a logger', async () => {
    const kafka = createKafka({ brokers: [CLOSED], clientId: 'test', retry: { retries: 0 } });
    const written: unknown[] = [];
    const write = process.stderr.write;
    process.stderr.write = (chunk: unknown) => written.push(chunk) > 0;
    await expect(kafka.admin().connect()).rejects.toThrow(/ECONNREFUSED/);
    process.stderr.write = write;
    expect(written).toEqual([]);
  });
});
