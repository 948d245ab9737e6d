/** Which AWS the trigger talks to, for destinations, secrets, functions and stacks. */
export interface AwsAccess {
  /** URL of an emulator, or `aws` for AWS itself, which must be said: nothing local may reach it by accident. */
  endpoint: string;
  region: string;
}

/** What every client of the AWS SDK takes. */
export interface AwsClientConfig {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

export const DEFAULT_REGION = 'us-east-1';

/**
 * The configuration of a client. At an emulator, credentials are made up where the environment has none; AWS itself
 * takes them from the SDK's own chain.
 */
export function createClientConfig({ endpoint, region }: AwsAccess, env: NodeJS.ProcessEnv): AwsClientConfig {
  if (endpoint === 'aws') return { region };
  const hasCredentials = env.AWS_ACCESS_KEY_ID !== undefined || env.AWS_PROFILE !== undefined;
  return { region, endpoint, ...(hasCredentials ? {} : { credentials: EMULATOR_CREDENTIALS }) };
}

const EMULATOR_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
