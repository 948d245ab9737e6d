import { describe, expect, it } from '@jest/globals';
import { type ReferenceScope, resolveReferences } from '../../src/core/resolve-references.ts';
import { describeResources } from '../../src/serverless/resource-names.ts';

const SCOPE: ReferenceScope = describeResources(
  {
    Failed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } },
    Unnamed: { Type: 'AWS::SQS::Queue', Properties: {} },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'failures' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'alarms' } },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'kafka' } },
  },
  'eu-west-1',
);
const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:000000000000:failed';

// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
describe('a reference in a template', () => {
  it.each([
    [{ 'Fn::GetAtt': ['Failed', 'Arn'] }, QUEUE_ARN],
    [{ 'Fn::GetAtt': 'Bucket.Arn' }, 'arn:aws:s3:::failures'],
    [{ Ref: 'Topic' }, 'arn:aws:sns:eu-west-1:000000000000:alarms'],
    [{ Ref: 'Bucket' }, 'failures'],
    [{ Ref: 'Secret' }, 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:kafka'],
    [{ 'Fn::Sub': 'arn:\u0024{AWS::Partition}:sqs:\u0024{AWS::Region}:\u0024{AWS::AccountId}:failed' }, QUEUE_ARN],
    [{ 'Fn::Sub': 'x-\u0024{!Literal}' }, 'x-\u0024{Literal}'],
    [{ 'Fn::Join': [':', ['arn:aws:sqs', { Ref: 'AWS::Region' }, '000000000000', 'failed']] }, QUEUE_ARN],
  ])('%j means what it says', (reference, expected) => {
    expect(resolveReferences({ deep: [reference] }, SCOPE)).toEqual({ deep: [expected] });
  });

  it.each([
    [{ 'Fn::GetAtt': ['Unnamed', 'Arn'] }],
    [{ 'Fn::GetAtt': ['Missing', 'Arn'] }],
    [{ 'Fn::ImportValue': 'shared' }],
    [{ 'Fn::Sub': 'x-\u0024{Missing}' }],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Missing' }]] }],
  ])('%j stays, where it cannot be known', (reference) => {
    expect(resolveReferences(reference, SCOPE)).toEqual(reference);
  });
});
