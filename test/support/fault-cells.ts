import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartName } from '../../localstack/start/stack.ts';
import type { NetworkFault } from './fault-proxy.ts';
import type { Dependency, FaultStack } from './fault-stack.ts';
import { waitUntil } from './wait-until.ts';

export const FAULTS = ['SIGKILL', 'SIGSTOP', 'reset', 'latency', 'cut'] as const;
export type Fault = (typeof FAULTS)[number];
type NetworkFaultName = Exclude<Fault, 'SIGKILL' | 'SIGSTOP'>;

export const COMPONENTS = ['kafka', 'clickhouse', 's3', 'functions', 'trigger'] as const;
export type Component = (typeof COMPONENTS)[number];

/** One place of the fault matrix. */
export interface Cell {
  readonly fault: Fault;
  readonly component: Component;
}

/** Places that another one stands for, and why. */
export const COINCIDING: readonly (Cell & { readonly reason: string })[] = (['SIGKILL', 'SIGSTOP'] as const).map(
  (fault) => ({ fault, component: 'trigger', reason: 'as functions: under sls offline both are one process' }),
);

/** Every place that has a meaning of its own. */
export function listCells(): Cell[] {
  const all = FAULTS.flatMap((fault) => COMPONENTS.map((component) => ({ fault, component })));
  const stoodFor = ({ fault, component }: Cell) =>
    COINCIDING.some((cell) => cell.fault === fault && cell.component === component);
  return all.filter((cell) => !stoodFor(cell));
}

const STOPPED_MS = 20_000;
const LATENCY_MS = 2_000;
/** How long each fault of the network lasts, at least. */
const NETWORK_FAULT_MS: Readonly<Record<NetworkFaultName, number>> = {
  reset: 5_000,
  latency: 10_000,
  cut: 5_000,
};

/**
 * Lets the fault happen and waits until it is over.
 *
 * @returns how often it took effect: at least once
 * @throws Error when it did not
 */
export async function fireFault({ fault, component }: Cell, stack: FaultStack): Promise<number> {
  if (fault === 'SIGKILL') return killAndWaitForReturn(stack, partOf(component));
  if (fault === 'SIGSTOP') return stopForAWhile(stack, partOf(component));
  const dependencies = dependenciesOf(component);
  if (fault !== 'cut') return breakNetwork(fault, component, dependencies, stack);
  // One after the other: who gets no answer of Kafka never comes to the lake.
  let fired = 0;
  for (const dependency of dependencies) fired += await breakNetwork(fault, component, [dependency], stack);
  return fired;
}

/** It has fired when each dependency's connections have met it. */
async function breakNetwork(
  fault: NetworkFaultName,
  component: Component,
  dependencies: readonly Dependency[],
  stack: FaultStack,
): Promise<number> {
  const proxies = dependencies.map((dependency) => stack.proxies[dependency]);
  for (const dependency of dependencies) {
    stack.proxies[dependency].begin(networkFaultOf(fault, component, dependency));
  }
  try {
    await sleep(NETWORK_FAULT_MS[fault]);
    await waitUntil(() => proxies.every(({ affected }) => affected > 0), { withinMs: 60_000 });
  } finally {
    for (const proxy of proxies) proxy.end();
  }
  return proxies.reduce((sum, { affected }) => sum + affected, 0);
}

function networkFaultOf(fault: NetworkFaultName, component: Component, dependency: Dependency): NetworkFault {
  const affects = component === 'trigger' ? { affects: isTrigger } : {};
  if (fault === 'reset') return { kind: 'reset', ...affects };
  if (fault === 'latency') return { kind: 'latency', delayMs: LATENCY_MS, ...affects };
  const cuts = component === 'trigger' ? isOffsetCommit : CUTS[dependency];
  return { kind: 'cut-answer', cuts, ...affects };
}

const isTrigger = (clientId: string | undefined) => clientId === 'serverless-kafka-trigger';
const isOffsetCommit = (request: string) => request === 'OffsetCommit';

/** Whose answers are lost: what changes something, or in Kafka also what progress is measured by. */
const CUTS: Readonly<Record<Dependency, (request: string) => boolean>> = {
  kafka: (request) => ['Fetch', 'ListOffsets', 'OffsetCommit', 'OffsetFetch'].includes(request),
  clickhouse: (request) => request.startsWith('POST ') && /[?&]query=INSERT/.test(request),
  s3: (request) => request.startsWith('PUT '),
};

/** A fault of the functions' network is one of all their connections, of the trigger's one of its own to Kafka. */
function dependenciesOf(component: Component): readonly Dependency[] {
  if (component === 'functions') return ['kafka', 'clickhouse', 's3'];
  return [component === 'trigger' ? 'kafka' : component];
}

function partOf(component: Component): PartName {
  if (component === 's3') return 'emulator';
  return component === 'trigger' ? 'functions' : component;
}

/** It has fired when the process is another one afterwards. */
async function killAndWaitForReturn(stack: FaultStack, part: PartName): Promise<number> {
  const pid = pidOf(stack, part);
  stack.kill(part, 'SIGKILL');
  await waitUntil(() => stack.pid(part) !== pid && stack.pid(part) !== undefined && stack.state(part) === 'ready', {
    withinMs: 120_000,
  });
  return 1;
}

/** It has fired when the process stood still, and is the same one afterwards. */
async function stopForAWhile(stack: FaultStack, part: PartName): Promise<number> {
  const pid = pidOf(stack, part);
  stack.kill(part, 'SIGSTOP');
  try {
    await waitUntil(() => isStopped(pid));
    await sleep(STOPPED_MS);
  } finally {
    stack.kill(part, 'SIGCONT');
  }
  if (stack.pid(part) !== pid) throw new Error(`${part} was restarted while it stood still`);
  return 1;
}

function pidOf(stack: FaultStack, part: PartName): number {
  const pid = stack.pid(part);
  if (pid === undefined) throw new Error(`${part} does not run`);
  return pid;
}

function isStopped(pid: number): boolean {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}
