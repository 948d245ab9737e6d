import { domains } from '@tidemark/domains/index';
import type { Part } from '../part.ts';
import { pickMatching } from './important-lines.ts';
import { runTypeScript } from './node-script.ts';

/** A trickle of made-up events of every domain, so that there is something to see. It works as soon as it runs. */
export function buildGeneratorPart(environment: Record<string, string>): Part {
  return {
    name: 'generator',
    command: process.execPath,
    args: runTypeScript('localstack/generators/main.ts', ...domains.map(({ name }) => name)),
    env: environment,
    isReady: async () => true,
    pickImportant: pickMatching(/\berror\b/i),
  };
}
