import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

const { STATE_DIR } = process.env;

export const steady = (event, context) => record(event, context);

export const throwing = (event, context) =>
  record(event, context, () => {
    throw new Error('thrown on purpose');
  });

export const poisoned = () => {
  throw new Error('poison');
};

export const crashing = (event, context) =>
  record(event, context, () => {
    setTimeout(() => {
      throw new Error('uncaught on purpose');
    });
    return forever();
  });

export const exiting = (event, context) => record(event, context, () => process.exit(3));

export const hanging = (event, context) => record(event, context, forever);

/** Misbehaves at the first invocation; writes down what it gets from the second on. */
async function record(event, { functionName }, misbehave) {
  const isFirst = await mkdir(join(STATE_DIR, `${functionName}.seen`)).then(
    () => true,
    () => false,
  );
  if (isFirst && misbehave) await misbehave();
  await appendFile(join(STATE_DIR, functionName), `${JSON.stringify(event)}\n`);
}

const forever = () => new Promise(() => {});
