/** Either `release` (the lock is ours) or `heldBy` (the process id of the holder) is there. */
export type LockAttempt =
  | { readonly release: () => void; readonly heldBy?: undefined }
  | { readonly heldBy: number; readonly release?: undefined };

export function acquireLock(path: string): LockAttempt;
