import { CommandError } from '../generators/producing/command-error.ts';
import { formatCount, formatRate } from '../generators/producing/progress.ts';
import type { Outcome } from '../invoke/invoke-function.ts';
import type { BackfillOptions } from './options.ts';

export interface BackfillSurroundings {
  readonly invoke: (payload: unknown) => Promise<Outcome>;
  readonly print: (line: string) => void;
}

/** What the function answers, as far as it is shown. */
interface Answer {
  readonly is_complete: boolean;
  readonly files: readonly FileReport[];
}

interface FileReport {
  readonly source: string;
  readonly load_id: string;
  readonly status: 'done' | 'already_done' | 'paused' | 'dry_run';
  readonly records: number;
  readonly percent: number;
  readonly records_now: number;
  readonly dead_letters_now: Readonly<Record<string, number>>;
  readonly erased_now: number;
  readonly duration_ms: number;
}

/**
 * One invocation: short, so that progress shows, then longer, because each one has to find its place in the file. A dry
 * run cannot be continued, so it gets all the time that the function has.
 */
const FIRST_SLICE_SECONDS = 5;
const MAX_SLICE_SECONDS = 300;

/**
 * Invokes the function until every file is loaded, and prints how far each is.
 *
 * @throws CommandError with what the function said when it refused
 */
export async function runBackfill(options: BackfillOptions, { invoke, print }: BackfillSurroundings): Promise<void> {
  const { stream, format, mapping, loadId, isDryRun } = options;
  const finished = new Set<string>();
  const tell = (file: FileReport) => {
    // What this command has loaded is "loaded before" for its next slice.
    if (file.status === 'already_done' && finished.has(file.load_id)) return;
    if (file.percent === 100) finished.add(file.load_id);
    for (const line of describe(file)) print(line);
  };
  for (const source of options.sources) {
    let maxSeconds = FIRST_SLICE_SECONDS;
    for (let isComplete = false; !isComplete; maxSeconds = Math.min(2 * maxSeconds, MAX_SLICE_SECONDS)) {
      const payload = {
        stream,
        source,
        mapping,
        dryRun: isDryRun,
        ...(format !== undefined && { format }),
        ...(loadId !== undefined && { loadId }),
        ...(!isDryRun && { maxSeconds }),
      };
      const outcome = await invoke(payload);
      if (outcome.hasFailed) throw new CommandError(readFailure(outcome.payload));
      const answer = outcome.payload as Answer;
      for (const file of answer.files) tell(file);
      if (isDryRun && !answer.is_complete)
        print(`${source}: one invocation has no time for the rest, which was not judged`);
      isComplete = answer.is_complete || isDryRun;
    }
  }
}

function describe(file: FileReport): string[] {
  const { source, load_id: loadId, status, records, percent } = file;
  if (status === 'already_done') return [`${source}: loaded before as ${loadId} (${formatCount(records)} records)`];
  const rate = formatRate((file.records_now * 1000) / Math.max(1, file.duration_ms));
  const refused = Object.entries(file.dead_letters_now).sort(([, a], [, b]) => b - a);
  const verb = status === 'dry_run' ? 'judged' : 'loaded';
  return [
    `${source}: ${verb} ${formatCount(records)} records, ${percent}%, ${rate}`,
    ...refused.map(([reason, count]) => `  ${formatCount(count)} dead letters: ${reason}`),
    ...(file.erased_now > 0 ? [`  ${formatCount(file.erased_now)} left out: of somebody who was erased`] : []),
  ];
}

/** Lambda's error document, whose message is written for people. */
function readFailure(payload: unknown): string {
  const { errorMessage } = (payload ?? {}) as { errorMessage?: unknown };
  return typeof errorMessage === 'string' ? errorMessage : JSON.stringify(payload);
}
