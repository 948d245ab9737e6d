import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type EmulatorInstall, installEmulator } from '../emulator/install.ts';
import { installKafka, type KafkaInstall } from '../kafka/install.ts';
import type { Report } from './part.ts';
import type { Settings } from './settings.ts';
import { StartError } from './start-error.ts';

const runFile = promisify(execFile);
const triggerBuild = fileURLToPath(new URL('../kafka-trigger/build.mjs', import.meta.url));

/** What is on this machine now; undefined for an external part. */
export interface Installs {
  readonly kafka: KafkaInstall | undefined;
  readonly emulator: EmulatorInstall | undefined;
}

/**
 * Brings what npm cannot: Kafka's jars, ministack, and the build of the trigger. All at once; when one fails the others
 * are waited for, so that nothing runs on behind the message.
 */
export async function installTools({ external }: Settings, report: Report): Promise<Installs> {
  const kafka = external.kafkaBrokers === undefined && installKafka({ onProgress: (line) => report('kafka', line) });
  const emulator =
    external.s3Endpoint === undefined && installEmulator({ onProgress: (line) => report('emulator', line) });
  const trigger = buildTrigger();
  await Promise.allSettled([kafka, emulator, trigger]);
  await trigger;
  return { kafka: (await kafka) || undefined, emulator: (await emulator) || undefined };
}

async function buildTrigger(): Promise<void> {
  try {
    await runFile(process.execPath, [triggerBuild]);
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    const reason = stderr.split('\n').find(Boolean) ?? (cause as Error).message;
    throw new StartError(
      `The Kafka trigger could not be built: ${reason} (\`node ${triggerBuild}\` tells more).`,
      cause,
    );
  }
}
