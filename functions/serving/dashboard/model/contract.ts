import type { Meta } from '../../query/schemas.ts';

/**
 * What the HTTP API answers, from the schemas that check and document it. Types only: the bundle holds nothing of them.
 * The rows of a domain's queries are with what is made of them.
 */
export type {
  Bytes,
  DeadLetter,
  DeadLetterPage,
  DiscardReport,
  LetterAction,
  LetterState,
  ReplayReport,
  ShownDeadLetter,
} from '../../dead-letters/answers.ts';
export type { CheckResult, Quality } from '../../quality/schemas.ts';
export type {
  Health,
  PartHealth,
  PartitionStatus,
  ReconciliationStatus,
  Retry,
  RunStatus,
  Status,
  StreamStatus,
} from '../../status/schemas.ts';
export type { Meta };

/** `GET /v1/queries/{domain}/{query}`. */
export interface Answer<Row> {
  data: Row[];
  meta: Meta;
}
