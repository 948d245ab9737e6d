// npm run reconcile: accounts for every offset by the running stack's function, and says so by its exit code.
import { parseArgs } from 'node:util';
import type { ReconcileReport } from '../../functions/batch/reconcile/report-ledger.ts';
import { invokeFunction } from '../invoke/invoke-function.ts';
import { describeReport } from './describe-report.ts';

const DEFAULT_LAMBDA_PORT = 3002;

const USAGE = `npm run reconcile [-- --stream NAME] [--full] [--json]

Accounts for every offset of every partition: in the lake, in the hot table, dead-lettered, without a record, not yet
delivered; and compares what the speed and the batch layer hold of the same offsets. Exit code 0 only if every offset is
accounted for exactly once and both layers agree.

  --stream NAME   one stream
  --full          compares the content of every offset; without it, of at most 20 million a stream and day, in turn
  --json          the ledger as JSON
  --help          this text`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stream: { type: 'string' },
      full: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const endpoint = `http://127.0.0.1:${process.env.LAMBDA_PORT || DEFAULT_LAMBDA_PORT}`;
  const event = { ...(values.stream !== undefined && { stream: values.stream }), full: values.full };
  const { hasFailed, payload } = await invokeFunction(endpoint, 'reconcile', event);
  if (hasFailed) {
    console.error(JSON.stringify(payload, null, 2));
    return 1;
  }
  const report = payload as ReconcileReport;
  console.log(values.json ? JSON.stringify(report, null, 2) : describeReport(report));
  return report.is_clean ? 0 : 1;
}
