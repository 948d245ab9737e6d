import { resolve } from 'node:path';
import { StartError } from './start-error.ts';

/** The environment variable that changes each port, and what the port is without it. */
export const PORT_VARIABLES = {
  kafka: { variable: 'KAFKA_PORT', default: 9092 },
  kafkaController: { variable: 'KAFKA_CONTROLLER_PORT', default: 9093 },
  clickhouse: { variable: 'CLICKHOUSE_PORT', default: 8123 },
  emulator: { variable: 'EMULATOR_PORT', default: 4566 },
  api: { variable: 'API_PORT', default: 3000 },
  lambda: { variable: 'LAMBDA_PORT', default: 3002 },
  triggerStatus: { variable: 'KAFKA_TRIGGER_STATUS_PORT', default: 3003 },
} as const;

export type PortName = keyof typeof PORT_VARIABLES;
export type Ports = Readonly<Record<PortName, number>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the user decided: where the state lies, which ports, and which parts run elsewhere already. */
export interface Settings {
  /** Absolute path; `TIDEMARK_STATE`, by default `.tidemark` in the checkout. */
  readonly stateDir: string;
  readonly ports: Ports;
  /** A part that is given here is used as it is, and not started. */
  readonly external: {
    /** `KAFKA_BROKERS`, `host:port` separated by commas. */
    readonly kafkaBrokers?: string;
    /** `CLICKHOUSE_URL`. */
    readonly clickhouseUrl?: string;
    /** `S3_ENDPOINT`, or else `AWS_ENDPOINT_URL`. */
    readonly s3Endpoint?: string;
  };
  /** Whether the event generator runs. */
  readonly generate: boolean;
}

export interface SettingsOverrides {
  readonly stateDir?: string;
  readonly ports?: Partial<Ports>;
  readonly generate?: boolean;
}

/** @throws StartError when a port variable is no port, or two parts have the same port. */
export function readSettings(env: Environment, overrides: SettingsOverrides = {}): Settings {
  const ports = { ...readPorts(env), ...overrides.ports };
  refuseSharedPorts(ports);
  const s3Endpoint = env.S3_ENDPOINT || env.AWS_ENDPOINT_URL;
  return {
    stateDir: resolve(overrides.stateDir ?? (env.TIDEMARK_STATE || '.tidemark')),
    ports,
    external: {
      ...(env.KAFKA_BROKERS && { kafkaBrokers: env.KAFKA_BROKERS }),
      ...(env.CLICKHOUSE_URL && { clickhouseUrl: env.CLICKHOUSE_URL }),
      ...(s3Endpoint && { s3Endpoint }),
    },
    generate: overrides.generate ?? true,
  };
}

/** The ports that parts of ours will listen on: those of external parts are not ours. */
export function listOwnPorts({ ports, external }: Settings): { name: PortName; port: number }[] {
  const names: PortName[] = ['api', 'lambda', 'triggerStatus'];
  if (external.kafkaBrokers === undefined) names.push('kafka', 'kafkaController');
  if (external.clickhouseUrl === undefined) names.push('clickhouse');
  if (external.s3Endpoint === undefined) names.push('emulator');
  return names.map((name) => ({ name, port: ports[name] }));
}

function readPorts(env: Environment): Ports {
  const read = (name: PortName): number => {
    const { variable, default: standard } = PORT_VARIABLES[name];
    const text = env[variable];
    if (text === undefined || text === '') return standard;
    const port = Number(text);
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
    throw new StartError(`${variable}=${text} is no port: set it to a whole number from 1 to 65535, or unset it.`);
  };
  return {
    kafka: read('kafka'),
    kafkaController: read('kafkaController'),
    clickhouse: read('clickhouse'),
    emulator: read('emulator'),
    api: read('api'),
    lambda: read('lambda'),
    triggerStatus: read('triggerStatus'),
  };
}

function refuseSharedPorts(ports: Ports): void {
  const names = Object.keys(PORT_VARIABLES) as PortName[];
  for (const [index, name] of names.entries()) {
    const other = names.slice(index + 1).find((candidate) => ports[candidate] === ports[name]);
    if (other !== undefined) {
      const [first, second] = [PORT_VARIABLES[name].variable, PORT_VARIABLES[other].variable];
      throw new StartError(`${first} and ${second} are both ${ports[name]}: give each a port of its own.`);
    }
  }
}
