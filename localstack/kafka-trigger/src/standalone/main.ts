#!/usr/bin/env node
import { createClientConfig } from '../aws/client-config.ts';
import { createLambdaApiInvoker } from '../invokers/lambda-api.ts';
import { readSecurityFromEnvironment } from '../kafka/security.ts';
import { createLog } from '../log.ts';
import { startMapping } from '../running-mapping.ts';
import { sleep } from '../sleep.ts';
import { serveStatus } from '../status/status-server.ts';
import { UsageError } from '../usage-error.ts';
import { type Arguments, HELP, readArguments } from './arguments.ts';
import { openDeployedStacks } from './deployed-stacks.ts';
import { DeploymentFollower } from './follow-deployments.ts';

/** Follows deployed stacks until SIGINT or SIGTERM. */
async function run({ endpoint, region, stacks, intervalMs, isVerbose, statusPort, ...options }: Arguments) {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const log = createLog({ isVerbose });
  const aws = createClientConfig({ endpoint, region }, process.env);
  const security = readSecurityFromEnvironment(process.env);
  const invoker = createLambdaApiInvoker(aws);
  const deployed = openDeployedStacks(aws, { region, names: stacks, hasOwnSecurity: security !== undefined });
  const follower = new DeploymentFollower({
    discover: () => deployed.discover(),
    start: (mapping) => startMapping(mapping, { invoker, log, aws, security, ...options }),
    log,
    intervalMs,
    sleep,
  });
  const status = statusPort === undefined ? undefined : await serveStatus(statusPort, () => follower.stats(), log);
  log('info', 'following', { endpoint, stacks: stacks.length > 0 ? stacks : 'all' });
  await follower.run(stopping.signal);
  status?.close();
  deployed.close();
  await invoker.close();
  log('info', 'stopped');
}

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2), process.env);
  if (args === 'help') process.stdout.write(HELP);
  else await run(args);
}

main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError;
  const said = isUsage ? `${error.message}\n--help lists the options.` : error instanceof Error ? error.stack : error;
  process.stderr.write(`${said}\n`);
  process.exitCode = 1;
});
