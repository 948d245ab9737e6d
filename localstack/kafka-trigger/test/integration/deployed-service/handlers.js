import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes down what it gets, one line an event. */
export async function record(event) {
  await appendFile(join(process.env.STATE_DIR, 'events'), `${JSON.stringify(event)}\n`);
}

/** Fails the first time. */
export async function failOnce(event) {
  const isFirst = await mkdir(join(process.env.STATE_DIR, 'failed')).then(
    () => true,
    () => false,
  );
  if (isFirst) throw new Error('failed on purpose');
  await record(event);
}
