import { createHash } from 'node:crypto';
import type { Gold } from '@tidemark/domains/domain';

/** Segments of another definition do not add up with those of this one. */
export function hashDefinition({ contribution, keys, measures }: Gold): string {
  return createHash('sha256')
    .update(JSON.stringify([contribution, keys, measures]))
    .digest('base64url');
}
