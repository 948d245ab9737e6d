import { readProcessStart } from '../../../localstack/start/process-identity.mjs';

/** Whether the process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  return readProcessStart(pid) !== undefined;
}
