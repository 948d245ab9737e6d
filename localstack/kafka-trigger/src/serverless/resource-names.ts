import { recordOf } from '../core/properties.ts';
import type { ReferenceScope } from '../core/resolve-references.ts';

/** The account of everything that was never deployed. */
export const LOCAL_ACCOUNT_ID = '000000000000';

/** What references to the service's own resources mean before they are deployed: those with a literal name are known. */
export function describeResources(resources: Record<string, unknown>, region: string): ReferenceScope {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${LOCAL_ACCOUNT_ID}:${resource}`;
  return {
    region,
    accountId: LOCAL_ACCOUNT_ID,
    describe(logicalId) {
      const { Type, Properties } = recordOf(resources[logicalId]);
      const { QueueName, TopicName, BucketName, Name } = recordOf(Properties);
      if (Type === 'AWS::SQS::Queue' && typeof QueueName === 'string') return { arn: arn('sqs', QueueName) };
      if (Type === 'AWS::SNS::Topic' && typeof TopicName === 'string') {
        return { ref: arn('sns', TopicName), arn: arn('sns', TopicName) };
      }
      if (Type === 'AWS::S3::Bucket' && typeof BucketName === 'string') {
        return { ref: BucketName, arn: `arn:aws:s3:::${BucketName}` };
      }
      if (Type === 'AWS::SecretsManager::Secret' && typeof Name === 'string') {
        return { ref: arn('secretsmanager', `secret:${Name}`) };
      }
      return {};
    },
  };
}
