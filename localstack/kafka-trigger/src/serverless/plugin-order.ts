import { UsageError } from '../usage-error.ts';
import type { Serverless } from './framework.ts';

/**
 * Throws where serverless-offline stands before the trigger: its start does not return until the end, and the trigger
 * would never poll.
 */
export function checkPluginOrder({ pluginManager: { hooks } }: Serverless): void {
  const starting = (hooks['offline:start'] ?? []).map(({ pluginName }) => pluginName);
  const offline = starting.indexOf('ServerlessOffline');
  if (offline >= 0 && offline < starting.indexOf('KafkaTriggerPlugin'))
    throw new UsageError(
      'plugins: serverless-kafka-trigger must stand before serverless-offline, or it would never poll',
    );
}
