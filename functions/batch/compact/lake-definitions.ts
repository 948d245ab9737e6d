import type { Stream } from '@tidemark/domains/stream';
import type { LakeTableDefinition } from '@tidemark/platform/lake/definition';

/** The lake table of a stream's valid events. */
export function defineEventsTable(stream: Stream): LakeTableDefinition {
  return {
    name: stream.lakeTable,
    columns: stream.columns,
    partitionByDayOf: stream.eventTimeField,
  };
}

/** The lake table of a stream's dead letters: a rebuild finds here what Kafka no longer has. */
export function defineDeadLettersTable(stream: Stream): LakeTableDefinition {
  return { name: `tidemark/${stream.name}_dead_letters`, columns: DEAD_LETTER_COLUMNS, partitionByDayOf: '_timestamp' };
}

const DEAD_LETTER_COLUMNS: LakeTableDefinition['columns'] = [
  { fieldId: 1, name: 'topic', type: 'string', required: true, doc: 'Kafka topic' },
  { fieldId: 2, name: '_partition', type: 'int', required: true, doc: 'Kafka partition' },
  { fieldId: 3, name: '_offset', type: 'long', required: true, doc: 'Kafka offset' },
  { fieldId: 4, name: '_timestamp', type: 'timestamptz', required: true, doc: "Kafka's timestamp of the record" },
  { fieldId: 5, name: 'reason', type: 'string', required: true, doc: 'Reason code' },
  { fieldId: 6, name: 'detail', type: 'string', required: true, doc: 'What exactly, naming the field' },
  { fieldId: 7, name: 'key', type: 'binary', required: false, doc: 'Original bytes of the key' },
  { fieldId: 8, name: 'value', type: 'binary', required: false, doc: 'Original bytes of the value' },
  { fieldId: 9, name: 'headers', type: 'string', required: true, doc: 'JSON list of [name, value as base64]' },
];
