import { fileURLToPath } from 'node:url';
import { TidemarkError } from '@tidemark/platform/errors';
import { buildEmulatorCommand } from '../emulator/command.ts';
import { prepareKafka } from '../kafka/broker.ts';
import { checkPrerequisites, checkState } from './check-prerequisites.ts';
import { type Credentials, loadCredentials } from './credentials.ts';
import { buildBaseEnvironment, buildStackEnvironment, buildUrls, type Urls } from './environment.ts';
import { type Installs, installTools } from './install-tools.ts';
import type { Report } from './part.ts';
import { buildClickHousePart } from './parts/clickhouse.ts';
import { buildEmulatorPart } from './parts/emulator.ts';
import { buildFunctionsPart } from './parts/functions.ts';
import { buildGeneratorPart } from './parts/generator.ts';
import { buildKafkaPart } from './parts/kafka.ts';
import { RunDirectory } from './run-directory.ts';
import { setUpStack } from './set-up-stack.ts';
import { type Environment, readSettings, type Settings, type SettingsOverrides } from './settings.ts';
import { StartError } from './start-error.ts';
import { takeStateLock } from './state-lock.ts';
import type { PartState } from './supervised-part.ts';
import { Supervisor } from './supervisor.ts';

export const PART_NAMES = ['kafka', 'clickhouse', 'emulator', 'functions', 'generator'] as const;
export type PartName = (typeof PART_NAMES)[number];

export interface StackOptions extends SettingsOverrides {
  /** The caller's environment; by default the process's own. */
  readonly env?: Environment;
  /** Aborting it stops what has been started; `startStack` rejects then. */
  readonly signal?: AbortSignal;
  readonly report?: Report;
  /** For tests of what happens on the way. */
  readonly detour?: Detour;
}

/** How the functions, and ClickHouse to the lake, go where it is not straight; everybody else does. */
export interface Detour {
  readonly kafka: { readonly port: number; readonly advertisedPort: number };
  /** What they are told in place of the stack's own addresses. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The running stack. */
export interface Stack {
  readonly urls: Urls;
  readonly credentials: Credentials;
  /** What the functions see, for a process that is to see the same. */
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly logDir: string;
  pid(part: PartName): number | undefined;
  /** Undefined for a part that is external, or not wanted. */
  state(part: PartName): PartState | undefined;
  kill(part: PartName, signal: NodeJS.Signals): void;
  /** Stops everything, within 15 s. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The order of the end: who asks before who answers. The graces and a second each to be buried make 15 s at most. */
const STOP_WAVES = [
  { parts: ['generator'], graceMs: 1_000 },
  { parts: ['functions'], graceMs: 4_000 },
  { parts: ['kafka', 'clickhouse', 'emulator'], graceMs: 6_000 },
];

/**
 * Installs what is missing, starts every part and waits until all of them work: what `npm start` does, for tests too.
 * A part that ends later is restarted.
 *
 * @throws StartError, one sentence per problem; nothing runs then.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { env = process.env, report = () => {}, signal, detour } = options;
  const settings = readSettings(env, options);
  await checkState(settings);
  const lock = takeStateLock(settings.stateDir);
  const runDirectory = new RunDirectory(settings.stateDir);
  const supervisor = new Supervisor({ root, stateDir: settings.stateDir, runDirectory, report });
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= supervisor.stop(STOP_WAVES).finally(lock.release);
    return stopping;
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    for (const part of await runDirectory.endLeftovers()) report(part, 'ended what the last start had left');
    await checkPrerequisites(settings, env);
    const installs = await installTools(settings, report);
    const credentials = await loadCredentials(settings.stateDir, env);
    const environment = buildStackEnvironment(settings, credentials, env);
    signal?.throwIfAborted();
    await startParts({ settings, installs, environment, base: buildBaseEnvironment(env), supervisor, report, detour });
    signal?.throwIfAborted();
    return {
      urls: buildUrls(settings),
      credentials,
      environment,
      settings,
      logDir: supervisor.logDir,
      pid: (part) => supervisor.pid(part),
      state: (part) => supervisor.state(part),
      kill: (part, killSignal) => supervisor.kill(part, killSignal),
      stop,
    };
  } catch (error) {
    await stop();
    throw error instanceof TidemarkError ? new StartError(error.message, error) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

interface StartContext {
  readonly settings: Settings;
  readonly installs: Installs;
  readonly environment: Record<string, string>;
  readonly base: Record<string, string>;
  readonly supervisor: Supervisor;
  readonly report: Report;
  readonly detour: Detour | undefined;
}

async function startParts(context: StartContext): Promise<void> {
  const { settings, environment, supervisor, report, detour } = context;
  const urls = buildUrls(settings);
  await Promise.all([startKafka(context), startClickHouse(context), startEmulator(context)]);
  const startedAt = Date.now();
  await setUpStack(environment);
  report('setup', `topics, bucket and tables are there (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  await supervisor.start(buildFunctionsPart(urls, settings.ports, { ...environment, ...detour?.environment }));
  if (settings.generate) await supervisor.start(buildGeneratorPart(environment));
}

async function startKafka({ settings, installs, base, supervisor, detour }: StartContext): Promise<void> {
  if (installs.kafka === undefined) return;
  const { stateDir, ports } = settings;
  const places = { port: ports.kafka, controllerPort: ports.kafkaController, relayed: detour?.kafka };
  const kafka = { install: installs.kafka, stateDir, ...places };
  await supervisor.start(buildKafkaPart(await prepareKafka(kafka), base));
}

async function startClickHouse({ settings, environment, supervisor, detour }: StartContext): Promise<void> {
  if (settings.external.clickhouseUrl !== undefined) return;
  const told = { ...environment, ...detour?.environment };
  await supervisor.start(buildClickHousePart(buildUrls(settings).clickhouse, told));
}

async function startEmulator({ settings, installs, base, supervisor }: StartContext): Promise<void> {
  if (installs.emulator === undefined) return;
  const emulator = buildEmulatorCommand(installs.emulator, settings.stateDir, settings.ports.emulator);
  await supervisor.start(buildEmulatorPart(emulator, base));
}
