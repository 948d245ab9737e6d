/**
 * What a person can put right: shown as its one sentence, without a stack trace, and the exit code is 1.
 * `isForPeople` is what localstack/bootstrap.mjs, which knows no classes, reads.
 */
export class CommandError extends Error {
  readonly isForPeople = true;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CommandError';
  }
}
