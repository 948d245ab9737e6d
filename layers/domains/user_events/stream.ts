import { hash } from 'node:crypto';
import { parseIsoDateTime } from '../calendar.ts';
import { POSITION_COLUMNS, type Stream } from '../stream.ts';
import { type UserEvent, userEventSchema } from './event.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** An event_id that comes again within this time of its event, by record timestamp, is a repeat; later it counts anew. */
const IDENTITY_HORIZON_MS = 7 * DAY_MS;

export const userEvents: Stream<UserEvent> = {
  name: 'user_events',
  domain: 'user_events',
  topic: 'user-events',
  partitions: 3,
  retentionMs: DAY_MS,
  consumerGroup: 'tidemark-ingest-user-events',
  schema: userEventSchema,
  schemaVersion: 1,
  eventTimeField: 'timestamp',
  eventTimeOf: (event) => parseIsoDateTime(event.timestamp),
  keyOf: (event) => String(event.user_id),
  database: 'realtime',
  hotTable: 'user_events_realtime',
  lakeTable: 'silver/user_events',
  bronzeTable: 'bronze/user_events',
  identity: { column: 'event_id', contentColumn: '_content_hash', horizonMs: IDENTITY_HORIZON_MS },
  erasableColumns: ['user_id', 'event_id'],
  hotBlockOffsets: 10_000_000,
  columns: [
    {
      fieldId: 1,
      name: 'event_id',
      type: 'string',
      required: true,
      doc: 'Id of the event, lower case',
      // A UUID is the same in either case.
      valueOf: (event) => event.event_id.toLowerCase(),
    },
    { fieldId: 2, name: 'user_id', type: 'int', required: true, doc: 'User', valueOf: (event) => event.user_id },
    {
      fieldId: 3,
      name: 'event_type',
      type: 'string',
      required: true,
      doc: 'login, click, purchase or logout',
      valueOf: (event) => event.event_type,
    },
    {
      fieldId: 4,
      name: 'page',
      type: 'string',
      required: true,
      doc: 'Page on which it happened',
      valueOf: (event) => event.page,
    },
    {
      fieldId: 5,
      name: 'timestamp',
      type: 'timestamptz',
      required: true,
      doc: 'When it happened, to the millisecond',
      valueOf: (event) => parseIsoDateTime(event.timestamp) ?? null,
    },
    {
      fieldId: 6,
      name: 'source',
      type: 'string',
      required: true,
      doc: 'web or mobile',
      valueOf: (event) => event.source,
    },
    {
      fieldId: 7,
      name: '_content_hash',
      type: 'string',
      required: true,
      doc: 'Hash of user_id, event_type, page, timestamp and source: equal content, equal hash',
      valueOf: hashContent,
    },
    ...POSITION_COLUMNS,
  ],
};

/** 66 bits of SHA-256 over the typed fields beside the id: how the producer wrote a moment makes no difference. */
function hashContent({ user_id, event_type, source, timestamp, page }: UserEvent): string {
  // Only the last of them can hold a space.
  const content = `${user_id} ${event_type} ${source} ${parseIsoDateTime(timestamp)} ${page}`;
  return hash('sha256', content, 'base64url').slice(0, HASH_CHARACTERS);
}

const HASH_CHARACTERS = 11;
