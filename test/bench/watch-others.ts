import { readMachineCpu, readUsage, type UsageByName } from './processes.ts';

/**
 * Begins to watch what else the machine does. The function that it returns says which share of all processor time, in
 * percent, went to programs that are neither the stack nor the bench: figures are comparable where it is small.
 */
export async function watchOthers(groups: Readonly<Record<string, number>>): Promise<() => Promise<number>> {
  const read = async () => ({ machine: readMachineCpu(), oursS: sumCpu(await readUsage(groups)) + readOwnCpuS() });
  const before = await read();
  return async () => {
    const after = await read();
    const busyS = after.machine.busyS - before.machine.busyS;
    const othersS = busyS - (after.oursS - before.oursS);
    return Math.max(0, Math.round((othersS / (after.machine.allS - before.machine.allS)) * 100));
  };
}

function sumCpu(usage: UsageByName): number {
  return Object.values(usage).reduce((sum, { cpuS }) => sum + cpuS, 0);
}

function readOwnCpuS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
