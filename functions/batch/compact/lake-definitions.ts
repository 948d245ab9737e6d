import type { Stream } from '@tidemark/domains/stream';
import type { LakeColumn, LakeTableDefinition } from '@tidemark/platform/lake/definition';

/** The lake table of a stream's valid events, each once. */
export function defineEventsTable(stream: Stream): LakeTableDefinition {
  return {
    name: stream.lakeTable,
    columns: stream.columns,
    partitionByDayOf: stream.eventTimeField,
  };
}

/**
 * The lake table that keeps records as they were received: a rebuild finds here what Kafka no longer has. For a stream
 * with a bronze table it is that one and holds every record; for others it holds the dead letters.
 */
export function defineRecordsTable(stream: Stream): LakeTableDefinition {
  return stream.bronzeTable === undefined ? defineDeadLettersTable(stream) : defineBronzeTable(stream.bronzeTable);
}

function defineDeadLettersTable({ name }: Stream): LakeTableDefinition {
  const reason: LakeColumn = { fieldId: 5, name: 'reason', type: 'string', required: true, doc: 'Reason code' };
  return {
    name: `tidemark/${name}_dead_letters`,
    columns: [...POSITION, reason, ...CONTENT],
    partitionByDayOf: '_timestamp',
  };
}

function defineBronzeTable(name: string): LakeTableDefinition {
  const verdict: LakeColumn = {
    fieldId: 5,
    name: 'verdict',
    type: 'string',
    required: true,
    doc: "'valid', or the reason code of the dead letter",
  };
  return { name, columns: [...POSITION, verdict, ...CONTENT, ...OF_EVENT], ...BY_EVENT_DATE };
}

const POSITION: readonly LakeColumn[] = [
  { fieldId: 1, name: 'topic', type: 'string', required: true, doc: 'Kafka topic' },
  { fieldId: 2, name: '_partition', type: 'int', required: true, doc: 'Kafka partition' },
  { fieldId: 3, name: '_offset', type: 'long', required: true, doc: 'Kafka offset' },
  { fieldId: 4, name: '_timestamp', type: 'timestamptz', required: true, doc: "Kafka's timestamp of the record" },
];

const CONTENT: readonly LakeColumn[] = [
  { fieldId: 6, name: 'detail', type: 'string', required: true, doc: 'What exactly, naming the field' },
  { fieldId: 7, name: 'key', type: 'binary', required: false, doc: 'Original bytes of the key' },
  { fieldId: 8, name: 'value', type: 'binary', required: false, doc: 'Original bytes of the value' },
  { fieldId: 9, name: 'headers', type: 'string', required: true, doc: 'JSON list of [name, value as base64]' },
];

const OF_EVENT: readonly LakeColumn[] = [
  {
    fieldId: 10,
    name: 'event_time',
    type: 'timestamptz',
    required: true,
    doc: "When the event happened; for a dead letter, the record's timestamp",
  },
  { fieldId: 11, name: 'event_id', type: 'string', required: false, doc: 'Id of a valid event, where it has one' },
  { fieldId: 12, name: 'content', type: 'string', required: false, doc: 'Equal for equal content of a valid event' },
];

const BY_EVENT_DATE = { partitionByDayOf: 'event_time', partitionName: 'event_date' } as const;
