import type { AwsClientConfig } from './client-config.ts';

/** Reads the text of a secret from Secrets Manager. Errors: says what to set where no AWS is known. */
export async function readSecret(secretArn: string, config: AwsClientConfig | undefined): Promise<string> {
  if (!config)
    throw new Error(
      `secret ${secretArn} is needed to reach the brokers: set AWS_ENDPOINT_URL to read it, or KAFKA_SECURITY_PROTOCOL`,
    );
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient(config);
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return SecretString;
  } finally {
    client.destroy();
  }
}
