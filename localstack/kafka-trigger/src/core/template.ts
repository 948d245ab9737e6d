export const EVENT_SOURCE_MAPPING = 'AWS::Lambda::EventSourceMapping';

/** The part of a compiled CloudFormation template that mappings are read from. */
export interface CompiledTemplate {
  Resources: Record<string, TemplateResource>;
}

export interface TemplateResource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** A function as the framework knows it. */
export interface FunctionDescription {
  /** Key under `functions:`. */
  key: string;
  /** Id of its `AWS::Lambda::Function` in the template. */
  logicalId: string;
  /** Deployed name. */
  name: string;
  arn: string;
  timeoutMs: number;
}

/**
 * The function that a mapping's `FunctionName` means: `Fn::GetAtt`, `Ref`, a `Fn::Join` of one with an alias,
 * `Fn::Sub`, or a literal name or ARN, with or without version. Undefined if it is none of this service's.
 */
export function resolveFunction(
  reference: unknown,
  functions: readonly FunctionDescription[],
): FunctionDescription | undefined {
  const words = collectWords(reference);
  return functions.find(({ logicalId, name }) => words.has(logicalId) || words.has(name));
}

/** Every name in a reference: the words of its strings, so that ARNs, `${Id.Arn}` and `[Id, Arn]` all tell theirs. */
function collectWords(value: unknown, words = new Set<string>()): Set<string> {
  if (typeof value === 'string') for (const word of value.split(/[^\w-]+/)) words.add(word);
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) collectWords(inner, words);
  return words;
}
