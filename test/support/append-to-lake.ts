/**
 * A writer process: appends batches of events to a lake table, continuing at the summary's `next_offset`, so that
 * several writers share one sequence of offsets as compactors share a topic. Prints the versions it committed.
 *
 * Its task comes as JSON in argv: how many commits, and where to be killed.
 */
import { randomUUID } from 'node:crypto';
import { LakeTable } from '../../layers/platform/lake/lake-table.ts';
import { createObjectStore, type ObjectStore, type ObjectStoreOptions } from '../../layers/platform/object-store.ts';
import { buildEvents, EVENTS_TABLE } from './lake-tables.ts';

export interface AppendTask {
  store: ObjectStoreOptions;
  writerId: string;
  commits: number;
  rowsPerCommit: number;
  /** Kill this process right after its nth write to the store. */
  killAfterWrite?: number;
}

const task = JSON.parse(process.argv[2] ?? '') as AppendTask;
const table = await LakeTable.open(killable(createObjectStore(task.store), task.killAfterWrite), EVENTS_TABLE, {
  now: Date.now,
  newId: randomUUID,
});
const committed: number[] = [];
while (committed.length < task.commits) {
  const startedAtMs = Date.now();
  const base = await table.load();
  const from = Number(base.summary.next_offset ?? 0);
  const files = await table.writeDataFiles(buildEvents(from, task.rowsPerCommit));
  const summary = { next_offset: String(from + task.rowsPerCommit) };
  const result = await table.append({ base, files, summary, writerId: task.writerId, startedAtMs });
  if (result.outcome === 'committed') committed.push(result.version.version);
}
process.stdout.write(JSON.stringify(committed));

function killable(store: ObjectStore, killAfterWrite: number | undefined): ObjectStore {
  let writes = 0;
  const count = <T>(outcome: T): T => {
    writes += 1;
    if (writes === killAfterWrite) process.kill(process.pid, 'SIGKILL');
    return outcome;
  };
  return {
    ...store,
    put: (key, body) => store.put(key, body).then(count),
    putIfAbsent: (key, body) => store.putIfAbsent(key, body).then(count),
  };
}
