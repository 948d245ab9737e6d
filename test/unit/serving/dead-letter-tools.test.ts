import { describe, expect, it } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { answerBothWays } from '../../../functions/serving/dead-letters/answer-both-ways.ts';
import { replaySchema } from '../../../functions/serving/dead-letters/requests.ts';
import { openSettled } from '../../../functions/serving/dead-letters/settle-attempts.ts';
import type { Progress, TransactionalWriter } from '../../../layers/platform/kafka/transactional-writer.ts';
import { silentLog } from '../../support/compaction.ts';
import { createRecordingClickHouse } from '../../support/recording-clickhouse.ts';

const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
const request = { stream: 'retail_events' };
const httpRequest = {
  httpMethod: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(request),
  isBase64Encoded: false,
};

/** A replay that finds an attempt which nobody followed up, and a Kafka that has forgotten it. */
const replay = answerBothWays(
  {
    schema: replaySchema,
    input: 'body',
    run: async ({ stream }) => {
      const pending = { attempt: 'a', sequence: 1, comment: '', positions: [['topic', 0, 7]] };
      const clickhouse = createRecordingClickHouse({ "action = 'begun'": [pending] });
      const openWriter = async () => ({ progress: undefined, write: async () => [], close: async () => {} });
      await openSettled({ stream, topic: 'topic', runId: 'r' }, { reader: clickhouse, writer: clickhouse, openWriter });
    },
  },
  silentLog,
);

describe('a replay whose outcome Kafka has forgotten', () => {
  it('is a conflict over HTTP, whose document says what to do and names the field', async () => {
    const { statusCode, body } = (await replay(httpRequest, context)) as { statusCode: number; body: string };
    expect(statusCode).toBe(409);
    expect(JSON.parse(body)).toMatchObject({
      status: 409,
      detail: expect.stringContaining('1 dead letters of retail_events were being replayed'),
      errors: [{ field: 'unresolved' }],
    });
  });

  it('is not looked for where the query string says something, which nothing reads', async () => {
    const asked = { ...httpRequest, multiValueQueryStringParameters: { stream: ['user_events'] } };
    const { statusCode, body } = (await replay(asked, context)) as { statusCode: number; body: string };
    expect({ statusCode, errors: JSON.parse(body).errors }).toEqual({
      statusCode: 400,
      errors: [{ field: 'stream', message: 'is not known here' }],
    });
  });

  it('is a failed invocation that says the same', async () => {
    await expect(replay(request, context)).rejects.toThrow('"unresolved": "replayed" or "open"');
  });
});

describe('an attempt that returns', () => {
  /** A Kafka that forgets nothing, and a writer of it that compares as the real one does after a lost connection. */
  function createProgress(initial: Progress | undefined) {
    const kafka = { progress: initial };
    const openWriter = async (): Promise<TransactionalWriter> => {
      let progress = kafka.progress;
      return {
        get progress() {
          return progress;
        },
        write: async (records, target) => {
          if (kafka.progress !== progress) throw new Error('fenced');
          kafka.progress = progress = target;
          return records.map(() => undefined);
        },
        close: async () => {},
      };
    };
    return { openWriter };
  }

  it.each([
    ['by what Kafka says', { position: 0, note: '' }, undefined],
    ['by what the operator says', undefined, 'open' as const],
  ])('%s cannot be committed by its run, which had only lost its connection', async (_how, progress, unresolved) => {
    const { openWriter } = createProgress(progress);
    const slow = await openWriter();
    const pending = { attempt: 'a', sequence: 1, comment: '', positions: [['topic', 0, 7]] };
    const answers = { "action = 'begun'": [pending], 'max(sequence)': [{ last: 1 }] };
    const clickhouse = createRecordingClickHouse(answers);
    const input = { stream: 'retail_events', topic: 'topic', runId: 'r', unresolved };

    await openSettled(input, { reader: clickhouse, writer: clickhouse, openWriter });

    expect(clickhouse.inserts[0]?.rows).toEqual([expect.arrayContaining(['returned', 'a', 1])]);
    await expect(slow.write([], { position: 1, note: 'a' })).rejects.toThrow('fenced');
  });

  it('is not written down as returned where its run was faster', async () => {
    const { openWriter } = createProgress({ position: 0, note: '' });
    const slow = await openWriter();
    const clickhouse = createRecordingClickHouse({
      "action = 'begun'": [{ attempt: 'a', sequence: 1, comment: '', positions: [['topic', 0, 7]] }],
    });
    const openAndLose = async () => {
      const writer = await openWriter();
      await slow.write([], { position: 1, note: 'a' });
      return writer;
    };
    const input = { stream: 'retail_events', topic: 'topic', runId: 'r' };

    const settling = openSettled(input, { reader: clickhouse, writer: clickhouse, openWriter: openAndLose });

    await expect(settling).rejects.toThrow('fenced');
    expect(clickhouse.inserts).toEqual([]);
  });
});
