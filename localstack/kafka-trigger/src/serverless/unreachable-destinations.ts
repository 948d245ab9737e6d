import { RETRY_UNTIL_SUCCESS } from '../core/failure-policy.ts';
import type { Mapping } from '../core/mapping.ts';
import type { MappingProblem } from '../core/mapping-problem.ts';

/**
 * Mappings whose destination is a service of an AWS that is not known here: these give nothing up, so that a mistake in
 * the setup costs no record.
 */
export function keepWithoutDestination(mappings: readonly Mapping[]): {
  mappings: Mapping[];
  problems: MappingProblem[];
} {
  const isUnreachable = ({ failureDestination }: Mapping) =>
    failureDestination !== undefined && failureDestination.kind !== 'kafka';
  return {
    mappings: mappings.map((mapping) => {
      if (!isUnreachable(mapping)) return mapping;
      const { maxRetries, maxRecordAgeMs } = RETRY_UNTIL_SUCCESS;
      const failurePolicy = { ...mapping.failurePolicy, maxRetries, maxRecordAgeMs };
      return { ...mapping, failurePolicy, failureDestination: undefined };
    }),
    problems: mappings.filter(isUnreachable).map(({ id }) => ({
      mapping: id,
      setting: 'DestinationConfig',
      verdict: 'not-emulated',
      reason: 'without AWS_ENDPOINT_URL failed batches are retried until they succeed, and not sent there',
    })),
  };
}
