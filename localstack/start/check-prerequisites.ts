import { checkPort } from './checks/check-ports.ts';
import { checkPython, type Finding } from './checks/check-python.ts';
import { checkDiskSpace, checkStateDirectory } from './checks/check-state.ts';
import { type Environment, listOwnPorts, type Settings } from './settings.ts';
import { StartError } from './start-error.ts';

/** @throws StartError when the state has no place where it can lie. */
export async function checkState({ stateDir }: Settings): Promise<void> {
  await refuse([checkStateDirectory(stateDir)]);
  await refuse([checkDiskSpace(stateDir)]);
}

/**
 * Looks for everything else that would make the start fail half-way, before anything is started. What an external part
 * makes unnecessary is not asked for. What of Java and Maven is missing, installKafka says: it alone knows what it needs.
 *
 * @throws StartError with one line per finding.
 */
export async function checkPrerequisites(settings: Settings, env: Environment): Promise<void> {
  const checks = listOwnPorts(settings).map(checkPort);
  if (settings.external.s3Endpoint === undefined) checks.push(checkPython(env));
  await refuse(checks);
}

async function refuse(checks: Promise<Finding>[]): Promise<void> {
  const findings = (await Promise.all(checks)).filter((finding) => finding !== undefined);
  if (findings.length > 0) throw new StartError(findings.join('\n'));
}
