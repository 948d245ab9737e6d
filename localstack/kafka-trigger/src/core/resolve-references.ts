import { recordOf } from './properties.ts';
import { type CompiledTemplate, EVENT_SOURCE_MAPPING } from './template.ts';

/** What the references of a template mean where it runs. */
export interface ReferenceScope {
  region: string;
  accountId: string;
  /** What `Ref` and `Fn::GetAtt Arn` of a resource give; undefined if that cannot be known. */
  describe(logicalId: string): { ref?: string | undefined; arn?: string | undefined };
}

/** The template with the references of its mappings replaced, save `FunctionName`, which names a function either way. */
export function resolveMappingReferences(template: CompiledTemplate, scope: ReferenceScope): CompiledTemplate {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    if (resource.Type !== EVENT_SOURCE_MAPPING) return [id, resource] as const;
    const { FunctionName, ...properties } = resource.Properties ?? {};
    const resolved = recordOf(resolveReferences(properties, scope));
    return [id, { ...resource, Properties: { ...resolved, FunctionName } }] as const;
  });
  return { Resources: Object.fromEntries(resources) };
}

/**
 * Replaces `Ref`, `Fn::GetAtt` of an `Arn`, `Fn::Sub` and `Fn::Join` in a template's value by what they mean. What
 * cannot be known, such as `Fn::ImportValue`, stays as it is.
 * Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html (2026-11).
 */
export function resolveReferences(value: unknown, scope: ReferenceScope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, resolveReferences(inner, scope)] as const);
  const [name, operand] = entries.length === 1 ? (entries[0] ?? []) : [];
  return (name === undefined ? undefined : resolveFunction(name, operand, scope)) ?? Object.fromEntries(entries);
}

function resolveFunction(name: string, operand: unknown, scope: ReferenceScope): string | undefined {
  if (name === 'Ref') return resolveName(operand, scope);
  if (name === 'Fn::GetAtt') return resolveName(Array.isArray(operand) ? operand.join('.') : operand, scope);
  if (name === 'Fn::Join') return join(operand);
  return name === 'Fn::Sub' ? substitute(operand, scope) : undefined;
}

/** `AWS::Region` and its like, `Id`, or `Id.Arn`. */
function resolveName(name: unknown, scope: ReferenceScope): string | undefined {
  if (typeof name !== 'string') return undefined;
  if (name === 'AWS::Region') return scope.region;
  if (name === 'AWS::AccountId') return scope.accountId;
  if (name === 'AWS::Partition') return 'aws';
  const [logicalId = '', attribute] = name.split('.');
  if (attribute === undefined) return scope.describe(logicalId).ref;
  return attribute === 'Arn' ? scope.describe(logicalId).arn : undefined;
}

function join(operand: unknown): string | undefined {
  if (!Array.isArray(operand)) return undefined;
  const [separator, parts] = operand as unknown[];
  const isKnown = Array.isArray(parts) && parts.every((part) => typeof part === 'string');
  return isKnown && typeof separator === 'string' ? parts.join(separator) : undefined;
}

/** Of the form with a map of variables only the text is read: its variables stay unknown. */
function substitute(operand: unknown, scope: ReferenceScope): string | undefined {
  const text: unknown = Array.isArray(operand) ? operand[0] : operand;
  if (typeof text !== 'string') return undefined;
  let isKnown = true;
  const resolved = text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
    const found = resolveName(name.trim(), scope);
    isKnown &&= found !== undefined;
    return found ?? '';
  });
  return isKnown ? resolved.replaceAll('${!', '${') : undefined;
}
