/**
 * What keeps the stack from starting, told to a person: one sentence with the remedy, and no stack trace.
 * `isForPeople` is what localstack/bootstrap.mjs, which knows no classes, reads.
 */
export class StartError extends Error {
  readonly isForPeople = true;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StartError';
  }
}
