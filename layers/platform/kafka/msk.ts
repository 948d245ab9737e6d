import { GetBootstrapBrokersCommand, type GetBootstrapBrokersCommandOutput, KafkaClient } from '@aws-sdk/client-kafka';
import { ConfigError } from '../errors.ts';

/** Where Kafka is: named outright, or as an MSK cluster that is asked. */
export interface KafkaLocation {
  /** `host:port`, separated by commas; wins over the cluster. */
  KAFKA_BROKERS?: string | undefined;
  MSK_CLUSTER_ARN?: string | undefined;
}

/** What `createKafka` needs to reach the brokers. */
export interface Bootstrap {
  brokers: string[];
  ssl: boolean;
}

/** The one call of the MSK client that we use. */
export interface BootstrapClient {
  send(command: GetBootstrapBrokersCommand): Promise<Omit<GetBootstrapBrokersCommandOutput, '$metadata'>>;
}

/**
 * Resolves the bootstrap brokers: those named, without TLS, else the cluster's TLS listener, else its plain one.
 *
 * Errors: `ConfigError` when neither is given, or when the cluster only lets in clients that authenticate.
 * Source: https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html
 */
export async function resolveBrokers(
  { KAFKA_BROKERS, MSK_CLUSTER_ARN }: KafkaLocation,
  client: BootstrapClient = new KafkaClient(),
): Promise<Bootstrap> {
  const named = splitBrokers(KAFKA_BROKERS);
  if (named.length > 0) return { brokers: named, ssl: false };
  if (!MSK_CLUSTER_ARN) throw new ConfigError('set KAFKA_BROKERS or MSK_CLUSTER_ARN');
  const answer = await client.send(new GetBootstrapBrokersCommand({ ClusterArn: MSK_CLUSTER_ARN }));
  const encrypted = splitBrokers(answer.BootstrapBrokerStringTls);
  if (encrypted.length > 0) return { brokers: encrypted, ssl: true };
  const plain = splitBrokers(answer.BootstrapBrokerString);
  if (plain.length > 0) return { brokers: plain, ssl: false };
  throw new ConfigError(`${MSK_CLUSTER_ARN} has no listener without authentication; enable TLS, or set KAFKA_BROKERS`);
}

function splitBrokers(list = ''): string[] {
  return list
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
}
