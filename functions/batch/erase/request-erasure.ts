import { hashSubject, listErasableColumns, POSITION_COLUMN, toSubjectText } from '@tidemark/domains/erasure';
import type { Stream } from '@tidemark/domains/stream';
import type { ClickHouse } from '@tidemark/platform/clickhouse';
import { noteErased, readErasures, type StoredErasure, storeErasureStep } from '@tidemark/platform/erasures';
import type { KafkaLog } from '@tidemark/platform/kafka/log';
import { InvalidPayload } from '../payload.ts';

/** A subject, or positions; neither asks for nothing new. */
export interface ErasureRequest {
  readonly column?: string | undefined;
  readonly value?: string | undefined;
  readonly positions?: readonly { readonly partition: number; readonly offset: number }[] | undefined;
}

export interface RequestDependencies {
  readonly clickhouse: ClickHouse;
  readonly kafka: KafkaLog;
  readonly newId: () => string;
  /** Writes nothing down. */
  readonly isDryRun: boolean;
}

/**
 * Writes down what is to be forgotten, with the ends of the log at this moment: from then on every reader of Kafka obeys
 * it. A subject that has not vanished yet is not asked for twice; one that has may have come back since.
 *
 * @returns undefined where nothing is asked for
 * @throws InvalidPayload
 */
export async function requestErasure(
  stream: Stream,
  { column, value, positions }: ErasureRequest,
  { clickhouse, kafka, newId, isDryRun }: RequestDependencies,
): Promise<StoredErasure | undefined> {
  const subject = column === undefined || value === undefined ? undefined : readSubject(stream, column, value);
  if (subject === undefined && positions === undefined) return undefined;
  if (subject !== undefined && !isDryRun) {
    const known = await readErasures(clickhouse, stream.name);
    const same = known.find(({ status, column: of, salt, subjectHash }) => {
      return status === 'requested' && of === subject.column && subjectHash === hashSubject(salt, subject.text);
    });
    if (same !== undefined) return same;
  }
  const bounds = await kafka.offsets(stream.topic);
  const ends = new Map(bounds.map(({ partition, highWatermark }) => [partition, highWatermark]));
  const beyond = positions?.find(({ partition, offset }) => offset >= (ends.get(partition) ?? 0));
  if (beyond !== undefined) {
    throw new InvalidPayload(`positions: partition ${beyond.partition} does not reach offset ${beyond.offset}`, {
      retryable: false,
    });
  }
  const salt = newId();
  const erasure: StoredErasure = {
    id: newId(),
    stream: stream.name,
    column: subject?.column ?? POSITION_COLUMN,
    salt,
    subjectHash: subject === undefined ? '' : hashSubject(salt, subject.text),
    ends,
    positions: (positions ?? []).map(({ partition, offset }) => [partition, offset] as const),
  };
  if (isDryRun) return erasure;
  await storeErasureStep(clickhouse, erasure, { status: 'requested', snapshot: 0, recordsSnapshot: 0 });
  await noteErased(
    clickhouse,
    stream.name,
    erasure.positions.map(([partition, offset]) => ({ partition, offset, erasureId: erasure.id })),
  );
  return erasure;
}

function readSubject(stream: Stream, column: string, value: string): { column: string; text: string } {
  const columns = listErasableColumns(stream);
  if (!columns.includes(column)) {
    throw new InvalidPayload(`column: one of ${columns.join(', ')}`, { retryable: false });
  }
  const text = toSubjectText(stream, column, value);
  if (text === undefined) {
    throw new InvalidPayload(`value: no event of ${stream.name} can have it as ${column}`, { retryable: false });
  }
  return { column, text };
}
