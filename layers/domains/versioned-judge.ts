import { createJudge, type Rejection } from './judge.ts';
import type { SourceRecord } from './outcome.ts';
import type { Stream } from './stream.ts';

/** From where on a version of a stream's judgement counts. */
export interface VersionStart {
  readonly version: number;
  /** First offset by partition; a partition that is not named is younger than the version, and all its own. */
  readonly fromOffsets: ReadonlyMap<number, number>;
}

/** `version` is the stream as it was when the record was appended: it converts the event. */
export type VersionedVerdict =
  | { readonly isValid: true; readonly event: unknown; readonly version: Stream }
  | Rejection;

/**
 * Compiles every version of the stream's judgement. What it returns takes the recorded starts, in order of version, and
 * judges each record by the version that counts at its offset: version 1 below all starts. With the same starts, the
 * speed and the batch layer judge alike, also across a change.
 *
 * The judge throws an Error for an offset whose version the stream no longer declares.
 *
 * @throws Error where a version has other columns than the stream
 */
export function createVersionedJudge(stream: Stream) {
  const versions = compiled.get(stream) ?? compileVersions(stream);
  compiled.set(stream, versions);

  return function judgeWith(starts: readonly VersionStart[]): (record: SourceRecord) => VersionedVerdict {
    return function judge(record) {
      const start = starts.findLast(({ fromOffsets }) => record.offset >= (fromOffsets.get(record.partition) ?? 0));
      const known = versions.get(start?.version ?? 1);
      if (known === undefined) {
        const { topic, partition, offset } = record;
        throw new Error(
          `${topic}-${partition} offset ${offset} wants version ${start?.version ?? 1}: no longer declared`,
        );
      }
      const verdict = known.judge(record);
      return verdict.isValid ? { isValid: true, event: verdict.event, version: known.version } : verdict;
    };
  };
}

/** Compiling takes some milliseconds, and compaction judges piece by piece. */
const compiled = new WeakMap<Stream, ReturnType<typeof compileVersions>>();

function compileVersions(stream: Stream) {
  return new Map(
    [stream, ...(stream.earlierVersions ?? [])].map((declared) => {
      const version: Stream = { ...stream, ...declared };
      if (describeColumns(version) !== describeColumns(stream)) {
        throw new Error(`${stream.name}: version ${version.schemaVersion} has other columns than the stream`);
      }
      return [version.schemaVersion, { version, judge: createJudge(version) }] as const;
    }),
  );
}

/** All versions write into the same tables. */
function describeColumns({ columns }: Stream): string {
  return columns.map(({ name, type }) => `${name} ${type}`).join(', ');
}
