import type { TriggerStatus } from '@tidemark/platform/trigger-status';

/** The trigger's counters as the status page shows them; null where there is no trigger that answers. */
export function describeTrigger(status: TriggerStatus | undefined) {
  if (status === undefined) return null;
  return {
    since: status.startedAt,
    mappings: status.mappings.map(({ isConnected, lastError, ...counts }) => ({
      ...counts,
      is_connected: isConnected,
      last_error: lastError ?? null,
    })),
  };
}
