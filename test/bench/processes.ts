import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';

/** What one process group uses. */
export interface Usage {
  readonly rssMb: number;
  /** Since it began. */
  readonly cpuS: number;
}

export type UsageByName = Readonly<Record<string, Usage>>;

const run = promisify(execFile);
const CPU_TIME = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/;

/** Adds up memory and processor time of each group; `groups` are group ids by name. */
export async function readUsage(groups: Readonly<Record<string, number>>): Promise<UsageByName> {
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,rss=,time=']);
  const processes = stdout.split('\n').flatMap((line) => {
    const [group, rssKb, cpuTime] = line.trim().split(/\s+/);
    return cpuTime === undefined ? [] : [{ group: Number(group), rssKb: Number(rssKb), cpuS: parseCpuTime(cpuTime) }];
  });
  const usage = Object.entries(groups).map(([name, id]) => {
    const members = processes.filter(({ group }) => group === id);
    const rssKb = members.reduce((sum, member) => sum + member.rssKb, 0);
    return [name, { rssMb: Math.round(rssKb / 1024), cpuS: members.reduce((sum, member) => sum + member.cpuS, 0) }];
  });
  return Object.fromEntries(usage) as UsageByName;
}

/** Processor time of the whole machine since it began, in seconds. */
export function readMachineCpu(): { readonly busyS: number; readonly allS: number } {
  let [busyMs, idleMs] = [0, 0];
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { busyS: busyMs / 1000, allS: (busyMs + idleMs) / 1000 };
}

/** `[[days-]hours:]minutes:seconds` */
function parseCpuTime(text: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = CPU_TIME.exec(text) ?? [];
  return Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}
