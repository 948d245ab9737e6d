import { parseDateTimeUtc } from '../calendar.ts';
import { POSITION_COLUMNS, type Stream } from '../stream.ts';
import { type RetailEvent, retailEventSchema } from './event.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export const retailEvents: Stream<RetailEvent> = {
  name: 'retail_events',
  domain: 'retail_events',
  topic: 'retail_events',
  partitions: 3,
  retentionMs: WEEK_MS,
  consumerGroup: 'tidemark-ingest-retail-events',
  schema: retailEventSchema,
  schemaVersion: 1,
  eventTimeField: 'event_time',
  eventTimeOf: (event) => parseDateTimeUtc(event.event_time),
  keyOf: (event) => String(event.store_id),
  database: 'retail',
  hotTable: 'retail_events_realtime',
  lakeTable: 'retail/retail_events',
  erasableColumns: ['event_id'],
  hotBlockOffsets: 10_000_000,
  columns: [
    {
      fieldId: 1,
      name: 'event_time',
      type: 'timestamptz',
      required: true,
      doc: 'When it happened, whole seconds',
      valueOf: (event) => parseDateTimeUtc(event.event_time) ?? null,
    },
    { fieldId: 2, name: 'store_id', type: 'int', required: true, doc: 'Store', valueOf: (event) => event.store_id },
    {
      fieldId: 3,
      name: 'product_id',
      type: 'string',
      required: true,
      doc: 'Product name',
      valueOf: (event) => event.product_id,
    },
    {
      fieldId: 4,
      name: 'category',
      type: 'string',
      required: true,
      doc: 'Category',
      valueOf: (event) => event.category,
    },
    {
      fieldId: 5,
      name: 'transaction_type',
      type: 'string',
      required: true,
      doc: 'SALE, RETURN or RESTOCK',
      valueOf: (event) => event.transaction_type,
    },
    {
      fieldId: 6,
      name: 'quantity',
      type: 'int',
      required: true,
      doc: 'Units, positive for every type',
      valueOf: (event) => event.quantity,
    },
    {
      fieldId: 7,
      name: 'unit_price',
      type: 'decimal(18,4)',
      required: true,
      doc: 'Price of one unit',
      valueOf: (event) => event.unit_price,
    },
    {
      fieldId: 8,
      name: 'event_id',
      type: 'string',
      required: false,
      doc: 'Id that the producer gave, if any',
      valueOf: (event) => event.event_id ?? null,
    },
    ...POSITION_COLUMNS,
  ],
};
