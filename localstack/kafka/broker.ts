import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '@tidemark/platform/errors';
import type { KafkaInstall } from './install.ts';
import { awaitFreePort } from './ports.ts';
import { awaitReady } from './readiness.ts';
import { runCommand } from './run-command.ts';
import { type BrokerPlace, renderServerProperties } from './server-properties.ts';

export interface KafkaOptions {
  install: KafkaInstall;
  /** The broker's files go below `<stateDir>/kafka`. */
  stateDir: string;
  port: number;
  controllerPort: number;
  /** A second listener, see BrokerPlace. */
  relayed?: BrokerPlace['relayed'];
  /** Writes a class-data archive there at exit, instead of using the installed one. */
  archiveTo?: string;
  /** How long a taken port may take to become free: the broker of a killed parent needs about a second to go. */
  portTimeoutMs?: number;
}

/** How to run the broker as a child. Its standard input must be a pipe: the broker stops when the pipe closes. */
export interface KafkaCommand {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** `host:port`, as clients take it. */
  brokers: string;
}

/** A broker that runs as our child. */
export interface RunningKafka {
  brokers: string;
  pid: number;
  /** Settles when the broker answers requests; rejects with its last log lines when it ends before. */
  ready: Promise<void>;
  /** SIGTERM, and SIGKILL after the timeout. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
}

const LOG_CONFIG = fileURLToPath(new URL('./log4j2.properties', import.meta.url));
const JVM_OPTIONS = ['-Xmx256m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];
/** The shell becomes the JVM (same pid); its watcher outlives it only until the parent's end of the pipe closes. */
const DIE_WITH_PARENT = 'exec 3<&0; (cat <&3 >/dev/null 2>&1; kill $$ 2>/dev/null) >/dev/null 2>&1 & exec "$@" 3<&-';

/**
 * Writes the configuration, formats the storage at the first use, and says how to run the broker, so that a
 * supervisor owns the JVM itself instead of a process between.
 *
 * Errors: `ConfigError` with the remedy when a port is taken.
 */
export async function prepareKafka(options: KafkaOptions): Promise<KafkaCommand> {
  const { port, controllerPort, relayed, install, portTimeoutMs = 10_000 } = options;
  await requireFreePort(port, 'KAFKA_PORT', portTimeoutMs);
  await requireFreePort(controllerPort, 'KAFKA_CONTROLLER_PORT', portTimeoutMs);
  const home = resolve(options.stateDir, 'kafka');
  await mkdir(home, { recursive: true });
  const dataDir = join(home, 'data');
  await formatStorage(options, home, dataDir);
  const configPath = join(home, 'server.properties');
  await writeFile(configPath, renderServerProperties({ port, controllerPort, dataDir, relayed }));
  const java = [install.java.command, ...javaArgs(options), 'kafka.Kafka', configPath];
  return {
    command: '/bin/sh',
    args: ['-c', DIE_WITH_PARENT, 'kafka', ...java],
    env: { TZ: 'UTC' },
    brokers: `127.0.0.1:${port}`,
  };
}

/** Starts the broker as our child; it stops with us, however we end. */
export async function startKafka(
  options: KafkaOptions & { onLog?: (line: string) => void; stopTimeoutMs?: number },
): Promise<RunningKafka> {
  const { command, args, env, brokers } = await prepareKafka(options);
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  await once(child, 'spawn');
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 20) lastLines.shift();
      options.onLog?.(line);
    });
  }
  const abort = new AbortController();
  child.once('close', (code, signal) =>
    abort.abort(new Error(`Kafka ended (${signal ?? code}):\n${lastLines.join('\n')}`)),
  );
  const ready = awaitReady(brokers, abort.signal);
  ready.catch(() => {}); // a caller that stops the broker early need not look at it
  return {
    brokers,
    pid: child.pid ?? 0,
    ready,
    stop: () => endChild(child, 'SIGTERM', options.stopTimeoutMs ?? 8_000),
    kill: () => endChild(child, 'SIGKILL', 0),
  };
}

async function requireFreePort(port: number, variable: string, timeoutMs: number): Promise<void> {
  if (await awaitFreePort(port, timeoutMs)) return;
  throw new ConfigError(`Port ${port} is taken; stop what listens there, or set ${variable} to another port.`);
}

/** Formats aside and renames: a kill in between leaves nothing half formatted. */
async function formatStorage(options: KafkaOptions, home: string, dataDir: string): Promise<void> {
  const { install, port, controllerPort } = options;
  if (await isFormatted(dataDir)) return;
  const staging = join(home, 'data.new');
  await rm(staging, { recursive: true, force: true });
  const configPath = join(home, 'format.properties');
  await writeFile(configPath, renderServerProperties({ port, controllerPort, dataDir: staging }));
  const command = ['kafka.tools.StorageTool', 'format', '--cluster-id', randomUUID(), '--config', configPath];
  await runCommand(install.java.command, [...javaArgs({ install }), ...command]);
  await rename(staging, dataDir);
}

async function isFormatted(dataDir: string): Promise<boolean> {
  return access(join(dataDir, 'meta.properties')).then(
    () => true,
    () => false,
  );
}

function javaArgs({ install, archiveTo }: Pick<KafkaOptions, 'install' | 'archiveTo'>): string[] {
  const archive = archiveTo ? `ArchiveClassesAtExit=${archiveTo}` : `SharedArchiveFile=${install.classArchive}`;
  return [...JVM_OPTIONS, `-XX:${archive}`, `-Dlog4j2.configurationFile=file:${LOG_CONFIG}`, '-cp', install.classPath];
}

async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL', timeoutMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  await closed;
  clearTimeout(timer);
}
