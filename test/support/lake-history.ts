import { randomUUID } from 'node:crypto';
import type { LakeTableDefinition } from '@tidemark/platform/lake/definition';
import { LakeTable } from '@tidemark/platform/lake/lake-table';
import { createObjectStore } from '@tidemark/platform/object-store';
import { askPyIceberg } from './lake-readers.ts';
import type { TestStack } from './test-stack.ts';

/** A snapshot of a lake table. */
export interface LakeSnapshot {
  readonly id: number;
  /** By partition; empty where the table has none. */
  readonly tidemark: Readonly<Record<string, number>>;
}

/** The newest version of a table of a stack's lake, for a reader that is not ours. */
export interface LakeHistory {
  /** Oldest first. */
  readonly snapshots: readonly LakeSnapshot[];
  /** Evaluates a Python expression in which `table` is PyIceberg's view of it. */
  ask(expression: string): Promise<unknown>;
}

export async function readLakeHistory(
  { environment, urls }: TestStack,
  definition: LakeTableDefinition,
): Promise<LakeHistory> {
  const access = {
    bucket: environment.LAKE_BUCKET as string,
    endpoint: urls.s3,
    region: environment.AWS_REGION as string,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const table = await LakeTable.open(createObjectStore(access), definition, { now: Date.now, newId: randomUUID });
  const version = await table.load();
  return {
    snapshots: version.metadata.snapshots
      .toSorted((a, b) => a['sequence-number'] - b['sequence-number'])
      .map(({ 'snapshot-id': id, summary }) => ({ id, tidemark: JSON.parse(summary['tidemark.offsets'] ?? '{}') })),
    ask: (expression) => askPyIceberg(access, version, expression),
  };
}
