import { describe, expect, it } from '@jest/globals';
import { retailEventSchema } from '@tidemark/domains/retail_events/event';
import { retailEvents } from '@tidemark/domains/retail_events/stream';
import type { Stream } from '@tidemark/domains/stream';
import { createVersionedJudge } from '@tidemark/domains/versioned-judge';
import { saleRecord } from '../../support/retail-records.ts';

const stream = retailEvents as Stream;
const { schema, eventTimeOf, columns } = stream;
const first = { schemaVersion: 1, schema, eventTimeOf, columns };
/** Wants an `event_id`, which no record here has. */
const strict = retailEventSchema.required({ event_id: true });
const second: Stream = { ...stream, schemaVersion: 2, schema: strict, earlierVersions: [first] };

const starts = [{ version: 2, fromOffsets: new Map([[0, 10]]) }];
const recordAt = (partition: number, offset: number) => ({
  ...saleRecord(0),
  topic: 'retail_events',
  partition,
  offset,
});

describe('a judgement with versions', () => {
  it('judges by the version that counts at the offset; a younger partition has the newest from its first', () => {
    const judge = createVersionedJudge(second)(starts);

    const verdicts = [recordAt(0, 9), recordAt(0, 10), recordAt(1, 0)].map((record) => judge(record).isValid);

    expect(verdicts).toEqual([true, false, false]);
  });

  it('refuses to judge an offset of a version that is no longer declared, instead of guessing', () => {
    const { earlierVersions: _, ...alone } = second;
    const judge = createVersionedJudge(alone)(starts);

    expect(() => judge(recordAt(0, 9))).toThrow('retail_events-0 offset 9 wants version 1: no longer declared');
  });

  it('refuses versions whose columns are not those of the tables', () => {
    const other: Stream = { ...second, earlierVersions: [{ ...first, columns: columns.slice(1) }] };

    expect(() => createVersionedJudge(other)).toThrow('version 1 has other columns');
  });
});
