/** A setting that will not behave as written. */
export interface MappingProblem extends Finding {
  /** Logical id of the mapping. */
  mapping: string;
}

/** What is wrong with one setting of a mapping. */
export interface Finding {
  setting: string;
  /** rejected: deployment fails on AWS. ignored: AWS accepts it without effect. not-emulated: works on AWS, not here. */
  verdict: 'rejected' | 'ignored' | 'not-emulated';
  reason: string;
  /** The mapping is not polled, because whatever is made of the setting would give a function what is not meant for it. */
  stopsPolling?: boolean;
}

export function rejected(setting: string, reason: string): Finding {
  return { setting, verdict: 'rejected', reason };
}

export function ignored(setting: string, reason: string): Finding {
  return { setting, verdict: 'ignored', reason };
}

export function notEmulated(setting: string, reason: string): Finding {
  return { setting, verdict: 'not-emulated', reason };
}

export function withoutPolling(finding: Finding): Finding {
  return { ...finding, stopsPolling: true };
}
