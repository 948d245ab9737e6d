import { ENGINE_THREADS } from '../../clickhouse/engine-threads.ts';
import type { Part } from '../part.ts';
import { pickMatching } from './important-lines.ts';
import { doesAnswer, runTypeScript } from './node-script.ts';

export function buildClickHousePart(url: string, environment: Record<string, string>): Part {
  return {
    name: 'clickhouse',
    command: process.execPath,
    args: runTypeScript('localstack/clickhouse/main.ts'),
    // Given from outside, it spares the process that would give it.
    env: { ...environment, ...ENGINE_THREADS },
    isReady: () => doesAnswer(`${url}/ping`),
    pickImportant: pickMatching(/\b(error|fatal|refused)\b/i),
  };
}
