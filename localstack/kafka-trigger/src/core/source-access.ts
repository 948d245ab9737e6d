import { recordOf } from './properties.ts';

/** One of a mapping's `SourceAccessConfigurations` that speaks of authentication. */
export interface SourceAccess {
  type: SourceAccessType;
  /** ARN of the secret. */
  secretArn: string;
}

export type SourceAccessType = (typeof SOURCE_ACCESS_TYPES)[number];

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_SourceAccessConfiguration.html (2026-11). */
const SOURCE_ACCESS_TYPES = [
  'BASIC_AUTH',
  'SASL_SCRAM_256_AUTH',
  'SASL_SCRAM_512_AUTH',
  'CLIENT_CERTIFICATE_TLS_AUTH',
  'SERVER_ROOT_CA_CERTIFICATE',
] as const;

/** Those that an MSK mapping may have. */
export const MSK_ACCESS_TYPES: readonly string[] = ['SASL_SCRAM_512_AUTH', 'CLIENT_CERTIFICATE_TLS_AUTH'];

/** The rest of `SourceAccessConfigurations`, subnets and security groups, means nothing here. */
export function readSourceAccess(properties: Record<string, unknown>): SourceAccess[] {
  const configured = properties.SourceAccessConfigurations;
  return (Array.isArray(configured) ? configured : []).flatMap((item) => {
    const { Type, URI } = recordOf(item);
    const type = SOURCE_ACCESS_TYPES.find((each) => each === Type);
    return type && typeof URI === 'string' ? [{ type, secretArn: URI }] : [];
  });
}
