import { parse } from 'yaml';

/** The keys of the functions in a serverless.yml, in its order. */
export function listFunctions(template: string): string[] {
  // CloudFormation's own tags, such as !Sub, are none of our business here.
  const { functions } = parse(template, { logLevel: 'silent' }) as { functions?: Record<string, unknown> };
  return Object.keys(functions ?? {});
}
