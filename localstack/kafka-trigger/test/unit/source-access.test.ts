import { describe, expect, it } from '@jest/globals';
import { resolveMappingReferences } from '../../src/core/resolve-references.ts';
import { describeResources } from '../../src/serverless/resource-names.ts';
import { MSK, mappingOf, problemsOf, read, SELF_MANAGED } from '../support/templates.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:kafka';
const access = (...SourceAccessConfigurations: unknown[]) => ({ SourceAccessConfigurations });

// https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html
describe('the means of access of a mapping', () => {
  it('are its secrets, and not its network', () => {
    const secured = access(
      { Type: 'SASL_SCRAM_512_AUTH', URI: SECRET_ARN },
      { Type: 'VPC_SUBNET', URI: 'subnet:subnet-1' },
    );
    expect(mappingOf(secured).access).toEqual([{ type: 'SASL_SCRAM_512_AUTH', secretArn: SECRET_ARN }]);
    expect(problemsOf(secured)).toEqual([]);
  });

  it('that MSK does not have are reported', () => {
    const basic = access({ Type: 'BASIC_AUTH', URI: SECRET_ARN });
    expect(problemsOf(basic)).toEqual([['SourceAccessConfigurations', 'rejected']]);
    expect(read({ ...SELF_MANAGED, ...basic }).problems).toEqual([]);
  });

  it.each([
    ['of an unknown type', 'rejected', { Type: 'SASL_SCRAM_512', URI: SECRET_ARN }],
    ['by OAuth', 'not-emulated', { Type: 'OAUTHBEARER_AUTH', URI: SECRET_ARN }],
    ['by IAM', 'not-emulated', { Type: 'IAM_AUTH' }],
    ['whose secret is unknown', 'not-emulated', { Type: 'SASL_SCRAM_512_AUTH', URI: { Ref: 'Unnamed' } }],
    ['that are unknown', 'not-emulated', { 'Fn::If': ['IsSecured', {}, {}] }],
  ])('%s stop its polling: a plain connection is not what is meant', (_name, verdict, item) => {
    const { mappings, problems } = read({ ...SELF_MANAGED, ...access(item) });
    expect(mappings).toEqual([]);
    expect(problems).toMatchObject([{ setting: 'SourceAccessConfigurations', verdict, stopsPolling: true }]);
  });

  it('of a reference to a secret without a name stop its polling', () => {
    const Properties = { ...MSK, ...access({ Type: 'SASL_SCRAM_512_AUTH', URI: { Ref: 'Secret' } }) };
    const scope = describeResources({ Secret: { Type: 'AWS::SecretsManager::Secret', Properties: {} } }, 'us-east-1');
    const template = { Resources: { Orders: { Type: 'AWS::Lambda::EventSourceMapping', Properties } } };
    const resolved = resolveMappingReferences(template, scope).Resources.Orders?.Properties ?? {};
    expect(read(resolved)).toMatchObject({ mappings: [], problems: [{ verdict: 'not-emulated', stopsPolling: true }] });
  });

  it('do not matter where the settings say how to authenticate', () => {
    const unknown = access({ Type: 'SASL_SCRAM_512_AUTH', URI: { Ref: 'Unnamed' } }, { Type: 'IAM_AUTH' });
    const options = { hasOwnSecurity: true };
    expect(read({ ...SELF_MANAGED, ...unknown }, options)).toMatchObject({ mappings: [{ access: [] }], problems: [] });
    const misspelt = read({ ...MSK, ...access({ Type: 'SASL_SCRAM_512', URI: SECRET_ARN }) }, options);
    expect(misspelt.mappings).toHaveLength(1);
    expect(misspelt.problems).toMatchObject([{ verdict: 'rejected' }]);
  });
});
