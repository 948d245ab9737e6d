import type { Credentials } from './credentials.ts';
import type { Environment, Settings } from './settings.ts';

export const LAKE_BUCKET = 'tidemark-lake';

/** Where each part answers. */
export interface Urls {
  /** `host:port`, separated by commas. */
  readonly kafkaBrokers: string;
  readonly clickhouse: string;
  /** S3, and with our emulator every other AWS service. */
  readonly s3: string;
  readonly api: string;
  /** The Lambda Invoke API of serverless-offline. */
  readonly lambda: string;
}

export function buildUrls({ ports, external }: Settings): Urls {
  const local = (port: number) => `http://127.0.0.1:${port}`;
  return {
    kafkaBrokers: external.kafkaBrokers ?? `127.0.0.1:${ports.kafka}`,
    clickhouse: external.clickhouseUrl ?? local(ports.clickhouse),
    s3: external.s3Endpoint ?? local(ports.emulator),
    api: local(ports.api),
    lambda: local(ports.lambda),
  };
}

/** What every part may see: the caller's environment without what steers Node, jest or another AWS account. */
export function buildBaseEnvironment(env: Environment): Record<string, string> {
  const { NODE_ENV, NODE_OPTIONS, AWS_PROFILE, AWS_SESSION_TOKEN, ...rest } = env;
  const given = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(given), TZ: 'UTC' };
}

/** The base, and what the functions, ClickHouse and the generator are told (see layers/platform/config.ts). */
export function buildStackEnvironment(
  settings: Settings,
  credentials: Credentials,
  env: Environment,
): Record<string, string> {
  const urls = buildUrls(settings);
  return {
    ...buildBaseEnvironment(env),
    ...credentials,
    TIDEMARK_STAGE: 'local',
    TIDEMARK_STATE: settings.stateDir,
    TIDEMARK_BUILD_DIR: `.esbuild/${settings.ports.api}`,
    KAFKA_BROKERS: urls.kafkaBrokers,
    CLICKHOUSE_PORT: String(settings.ports.clickhouse),
    CLICKHOUSE_URL: urls.clickhouse,
    S3_ENDPOINT: urls.s3,
    LAKE_S3_ENDPOINT: urls.s3,
    LAKE_BUCKET: env.LAKE_BUCKET || LAKE_BUCKET,
    AWS_REGION: env.AWS_REGION || 'us-east-1',
    ...chooseAwsCredentials(settings, env),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
  };
}

/** Real credentials are for a real store alone; the emulator takes any, and never sees yours. */
function chooseAwsCredentials({ external }: Settings, env: Environment): Record<string, string> {
  const isReal = external.s3Endpoint !== undefined && env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY;
  if (!isReal) return { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  return {
    AWS_ACCESS_KEY_ID: env.AWS_ACCESS_KEY_ID as string,
    AWS_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY as string,
    ...(env.AWS_SESSION_TOKEN && { AWS_SESSION_TOKEN: env.AWS_SESSION_TOKEN }),
  };
}
