import type { Urls } from '../environment.ts';
import type { Part } from '../part.ts';
import type { Ports } from '../settings.ts';
import { pickMatching, pickProblem } from './important-lines.ts';

/** The Serverless CLI, about a template that it does not take. */
const pickStartFailure = pickMatching(/^(✖ |\w*Error: )./);

/** `sls offline`: the functions, their HTTP API, their schedules and the Kafka trigger, in one process. */
export function buildFunctionsPart(urls: Urls, ports: Ports, environment: Record<string, string>): Part {
  return {
    name: 'functions',
    command: process.execPath,
    args: [
      'node_modules/serverless/bin/serverless.js',
      'offline',
      ...['--stage', 'local', '--noPrependStageInUrl', '--noSponsor'],
      ...['--host', '127.0.0.1', '--httpPort', String(ports.api), '--lambdaPort', String(ports.lambda)],
    ],
    env: {
      ...environment,
      KAFKA_TRIGGER_STATUS_PORT: String(ports.triggerStatus),
      TRIGGER_STATUS_URL: `http://127.0.0.1:${ports.triggerStatus}`,
    },
    isReady: () => doesListen(urls.api),
    pickImportant: (line) => pickProblem(line) ?? pickStartFailure(line),
  };
}

/** Any answer will do: whether the functions find everything well is what /v1/health says, and no cause to restart. */
async function doesListen(url: string): Promise<boolean> {
  const response = await fetch(`${url}/v1/health`, { method: 'OPTIONS', signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return true;
}
