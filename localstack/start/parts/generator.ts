import type { Part } from '../part.ts';
import { pickMatching } from './important-lines.ts';
import { runTypeScript } from './node-script.ts';

const EVENTS_PER_SECOND = 2;

/** A trickle of made-up events, so that there is something to see. It works as soon as it runs. */
export function buildGeneratorPart(environment: Record<string, string>): Part {
  return {
    name: 'generator',
    command: process.execPath,
    args: runTypeScript('localstack/generators/main.ts', 'retail_events', '--rate', String(EVENTS_PER_SECOND)),
    env: environment,
    isReady: async () => true,
    pickImportant: pickMatching(/\berror\b/i),
  };
}
