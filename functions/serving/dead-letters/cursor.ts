import { invalidRequest } from '@tidemark/platform/http-input';
import { z } from 'zod';

/** Where a page of dead letters ends; the next one begins behind it. */
export interface LetterPosition {
  readonly stream: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const cursorSchema = z.tuple([z.string(), z.string(), z.uint32(), z.int().min(0)]);

/** A position as text that callers need not understand. */
export function writeCursor({ stream, topic, partition, offset }: LetterPosition): string {
  return Buffer.from(JSON.stringify([stream, topic, partition, offset])).toString('base64url');
}

/**
 * Behind which dead letter of the stream a request begins; undefined for the first.
 *
 * @throws Problem 400 for a cursor that is none, or that of another stream
 */
export function readStart({ stream, cursor }: { stream: string; cursor?: string | undefined }) {
  const start = cursor === undefined ? undefined : readCursor(cursor);
  if (start === undefined || start.stream === stream) return start;
  throw invalidRequest([{ field: 'cursor', message: `is of the stream ${start.stream}` }]);
}

/** @throws Problem 400 for a cursor that is none */
export function readCursor(cursor: string): LetterPosition {
  try {
    const [stream, topic, partition, offset] = cursorSchema.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString()),
    );
    return { stream, topic, partition, offset };
  } catch {
    throw invalidRequest([{ field: 'cursor', message: 'must be the next_cursor of an answer' }]);
  }
}

/** How an action ended that looked at everything up to `last`. */
export function describeRest(
  stream: string,
  isComplete: boolean,
  last: Omit<LetterPosition, 'stream'> | undefined,
): { is_complete: boolean; next_cursor: string | null } {
  const isLast = isComplete || last === undefined;
  return { is_complete: isComplete, next_cursor: isLast ? null : writeCursor({ ...last, stream }) };
}
