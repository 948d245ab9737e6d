/** A process, told apart from a later one of the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

export function readProcessStart(pid: number): string | undefined;
export function isSameProcessAlive(identity: ProcessIdentity): boolean;
