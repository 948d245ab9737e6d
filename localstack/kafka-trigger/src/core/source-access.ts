import { type Finding, notEmulated, rejected, withoutPolling } from './mapping-problem.ts';
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
const MSK_ACCESS_TYPES: readonly string[] = ['SASL_SCRAM_512_AUTH', 'CLIENT_CERTIFICATE_TLS_AUTH'];

/** There is no network here to speak of. */
const NETWORK_TYPES: readonly unknown[] = ['VPC_SUBNET', 'VPC_SECURITY_GROUP'];

/** Authentication that Lambda has for Kafka, and that is not emulated. */
const FOREIGN_ACCESS = /^(OAUTHBEARER_|IAM_)/;

const SETTING = 'SourceAccessConfigurations';

/** What authenticates a mapping. */
export function readSourceAccess(properties: Record<string, unknown>): SourceAccess[] {
  return listAccess(properties).flatMap(({ Type, URI }) => {
    const type = SOURCE_ACCESS_TYPES.find((each) => each === Type);
    return type && typeof URI === 'string' ? [{ type, secretArn: URI }] : [];
  });
}

/**
 * Checks what authenticates a mapping. What cannot be read stops its polling: its connection would be plain where a
 * secured one is meant. Where the settings say how to authenticate (`hasOwnSecurity`), secrets are not read at all.
 */
export function checkAccess(properties: Record<string, unknown>, hasOwnSecurity: boolean): Finding[] {
  const isManaged = properties.SelfManagedEventSource === undefined;
  return listAccess(properties).flatMap(({ Type, URI }) => {
    if (NETWORK_TYPES.includes(Type)) return [];
    const finding = explainUnreadable(Type, URI);
    if (finding?.verdict === 'not-emulated' && hasOwnSecurity) return [];
    if (finding) return [hasOwnSecurity ? finding : withoutPolling(finding)];
    return isManaged && !MSK_ACCESS_TYPES.includes(String(Type)) ? [rejected(SETTING, `${Type} is not for MSK`)] : [];
  });
}

function explainUnreadable(type: unknown, uri: unknown): Finding | undefined {
  if (typeof type !== 'string') return notEmulated(SETTING, 'what an entry refers to is not known here');
  if (FOREIGN_ACCESS.test(type)) return notEmulated(SETTING, `${type} is not emulated`);
  if (!SOURCE_ACCESS_TYPES.some((known) => known === type))
    return rejected(SETTING, `${type} is not a kind of access to Kafka`);
  if (typeof uri === 'string') return undefined;
  return notEmulated(SETTING, `the secret of ${type} is not known here (give the resource a name)`);
}

/** An entry that is no object, or a list that is none, as of an unknown reference, has no type. */
function listAccess(properties: Record<string, unknown>): Record<string, unknown>[] {
  const configured = properties[SETTING] ?? [];
  return (Array.isArray(configured) ? configured : [configured]).map(recordOf);
}
