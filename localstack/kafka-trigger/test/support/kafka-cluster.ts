import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '../../../../test/support/find-free-ports.ts';
import { installKafka, type KafkaInstall } from '../../../kafka/install.ts';
import { isKafkaReady } from '../../../kafka/readiness.ts';
import { runCommand } from '../../../kafka/run-command.ts';
import { renderServerProperties } from '../../../kafka/server-properties.ts';
import { eventually } from './fakes.ts';

/** Brokers of one cluster, for tests that need more than the one plain broker of the other tests. */
export interface KafkaCluster {
  /** `host:port` of each node's plain listener. */
  brokers: string[];
  /** `kill -9` of a node, by its place in `brokers`; the first is the controller. */
  kill(node: number): Promise<void>;
  restart(node: number): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  nodes: number;
  /** Properties beside those of the plain broker, or in their place. */
  properties?: Record<string, string | number>;
  /** Further listeners, such as `SASL_SSL`, and their ports. */
  listeners?: Record<string, number>;
  /** Such as `SCRAM-SHA-256=[name=alice,password=secret]`. */
  scram?: readonly string[];
}

const JVM_OPTIONS = ['-Xmx256m', '-Xss512k', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

interface Node {
  port: number;
  configPath: string;
  child: ChildProcess | undefined;
}

export async function startKafkaCluster(options: ClusterOptions): Promise<KafkaCluster> {
  const install = await installKafka();
  const stateDir = await mkdtemp(join(tmpdir(), 'kafka-trigger-cluster-'));
  const clusterId = randomUUID();
  const [controllerPort, ...ports] = (await findFreePorts(1 + options.nodes)) as [number, ...number[]];
  const nodes: Node[] = [];
  for (const [index, port] of ports.entries()) {
    const id = index + 1;
    const configPath = join(stateDir, `node-${id}.properties`);
    await writeFile(
      configPath,
      renderNode({ id, port, controllerPort, dataDir: join(stateDir, `data-${id}`) }, options),
    );
    nodes.push({ port, configPath, child: undefined });
  }
  for (const { configPath } of nodes) await format(install, clusterId, configPath, options.scram ?? []);
  const start = async (node: Node) => {
    const args = [...JVM_OPTIONS, `-XX:SharedArchiveFile=${install.classArchive}`, '-cp', install.classPath];
    node.child = spawn(install.java.command, [...args, 'kafka.Kafka', node.configPath], { stdio: 'ignore' });
    await eventually(async () => {
      if (!(await isKafkaReady(`127.0.0.1:${node.port}`))) throw new Error('the broker is not ready');
    }, 60_000);
  };
  const kill = async ({ child }: Node) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  await Promise.all(nodes.map(start));
  const nodeAt = (index: number): Node => {
    const node = nodes[index];
    if (!node) throw new Error(`there is no node ${index}`);
    return node;
  };
  return {
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    kill: (index) => kill(nodeAt(index)),
    restart: (index) => start(nodeAt(index)),
    async stop() {
      await Promise.all(nodes.map(kill));
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Later lines win over those of the plain broker. */
function renderNode(
  { id, port, controllerPort, dataDir }: { id: number; port: number; controllerPort: number; dataDir: string },
  { properties = {}, listeners = {} }: ClusterOptions,
): string {
  const isController = id === 1;
  const names = ['PLAINTEXT', ...Object.keys(listeners), 'CONTROLLER'];
  const addresses = [
    `PLAINTEXT://127.0.0.1:${port}`,
    ...Object.entries(listeners).map(([name, listenerPort]) => `${name}://127.0.0.1:${listenerPort}`),
    ...(isController ? [`CONTROLLER://127.0.0.1:${controllerPort}`] : []),
  ];
  const own = {
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': id,
    listeners: addresses.join(','),
    'listener.security.protocol.map': names
      .map((name) => `${name}:${name === 'CONTROLLER' ? 'PLAINTEXT' : name}`)
      .join(),
    'inter.broker.listener.name': 'PLAINTEXT',
    ...properties,
  };
  const lines = Object.entries(own).map(([key, value]) => `${key}=${value}\n`);
  return renderServerProperties({ port, controllerPort, dataDir }) + lines.join('');
}

async function format(install: KafkaInstall, clusterId: string, configPath: string, scram: readonly string[]) {
  const users = scram.flatMap((user) => ['--add-scram', user]);
  const args = ['format', '--cluster-id', clusterId, '--config', configPath, ...users];
  await runCommand(install.java.command, [
    ...JVM_OPTIONS,
    '-cp',
    install.classPath,
    'kafka.tools.StorageTool',
    ...args,
  ]);
}
