import { expect, it } from '@jest/globals';
import { reportProblems } from '../../src/report-problems.ts';
import { createRecordingLog } from '../support/fakes.ts';

it('a problem is a warning that says whether its mapping is polled', () => {
  const { log, lines } = createRecordingLog();
  const problem = { mapping: 'Orders', setting: 'BatchSize', verdict: 'rejected', reason: 'too many' } as const;
  reportProblems([problem, { ...problem, stopsPolling: true }], log);
  const fields = { mapping: 'Orders', setting: 'BatchSize', verdict: 'rejected' };
  expect(lines).toEqual([
    { level: 'warn', message: 'mapping setting rejected: too many', fields },
    { level: 'warn', message: 'mapping setting rejected: too many; the mapping is not polled', fields },
  ]);
});
