import { describe, expect, it } from '@jest/globals';
import { type BootstrapClient, resolveBrokers } from '@tidemark/platform/kafka/msk';

const ARN = 'arn:aws:kafka:eu-central-1:123456789012:cluster/events/abc';

describe('resolveBrokers', () => {
  it('takes named brokers and asks nobody', async () => {
    const location = { KAFKA_BROKERS: 'a:9092, b:9092,', MSK_CLUSTER_ARN: ARN };
    expect(await resolveBrokers(location, answering({}).client)).toEqual({ brokers: ['a:9092', 'b:9092'], ssl: false });
  });

  it('asks the cluster that the ARN names and prefers its TLS listener', async () => {
    const { client, askedFor } = answering({
      BootstrapBrokerString: 'a:9092',
      BootstrapBrokerStringTls: 'a:9094,b:9094',
    });
    expect(await resolveBrokers({ MSK_CLUSTER_ARN: ARN }, client)).toEqual({
      brokers: ['a:9094', 'b:9094'],
      ssl: true,
    });
    expect(askedFor).toEqual([ARN]);
  });

  it('takes the plain listener where there is no other', async () => {
    const { client } = answering({ BootstrapBrokerString: 'a:9092' });
    expect(await resolveBrokers({ MSK_CLUSTER_ARN: ARN }, client)).toEqual({ brokers: ['a:9092'], ssl: false });
  });

  it('says what to set when the cluster wants authentication, or nothing is set', async () => {
    const { client } = answering({ BootstrapBrokerStringSaslIam: 'a:9098' });
    await expect(resolveBrokers({ MSK_CLUSTER_ARN: ARN }, client)).rejects.toThrow(
      /no listener without authentication/,
    );
    await expect(resolveBrokers({ KAFKA_BROKERS: ' , ' }, client)).rejects.toThrow(
      'set KAFKA_BROKERS or MSK_CLUSTER_ARN',
    );
  });
});

function answering(answer: Awaited<ReturnType<BootstrapClient['send']>>) {
  const askedFor: (string | undefined)[] = [];
  const client: BootstrapClient = {
    send: async (command) => {
      askedFor.push(command.input.ClusterArn);
      return answer;
    },
  };
  return { client, askedFor };
}
