import { type Options, Presets, SingleBar } from 'cli-progress';

/** Shows how far a run has come. */
export interface Progress {
  update(produced: number): void;
  /** A line of its own, which the bar does not overwrite. */
  note(line: string): void;
  stop(): void;
}

export interface ProgressOptions {
  readonly out: NodeJS.WriteStream;
  /** Events that the run will produce, if that is known. */
  readonly total?: number | undefined;
  /** Milliseconds; any origin. */
  readonly now: () => number;
}

const LINE_INTERVAL_MS = 10_000;

/** A bar on a terminal if the total is known, otherwise a plain line every ten seconds. */
export function createProgress(options: ProgressOptions): Progress {
  const { out, total } = options;
  return out.isTTY && total !== undefined ? createBar(out, total) : createLines(options);
}

/** Writes 1234567 as "1,234,567". */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

function createBar(out: NodeJS.WriteStream, total: number): Progress {
  const options: Options = {
    stream: out,
    format: '{bar} {percentage}% · {value} of {total} events · {eta_formatted} left',
    formatValue: (value, _options, type) => (type === 'value' || type === 'total' ? formatCount(value) : String(value)),
    etaBuffer: 50,
    hideCursor: true,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  bar.start(total, 0);
  return {
    update: (produced) => bar.update(produced),
    note: (line) => {
      out.write(`\r\x1b[2K${line}\n`);
      bar.render();
    },
    stop: () => bar.stop(),
  };
}

function createLines({ out, total, now }: ProgressOptions): Progress {
  let last = { atMs: now(), produced: 0 };
  const ofTotal = total === undefined ? '' : ` of ${formatCount(total)}`;
  return {
    update: (produced) => {
      const elapsedMs = now() - last.atMs;
      if (elapsedMs < LINE_INTERVAL_MS) return;
      const perSecond = ((produced - last.produced) * 1_000) / elapsedMs;
      out.write(`${formatCount(produced)}${ofTotal} events, ${formatRate(perSecond)}\n`);
      last = { atMs: now(), produced };
    },
    note: (line) => out.write(`${line}\n`),
    stop: () => {},
  };
}

/** "2.0/s" or "61,234/s". */
export function formatRate(perSecond: number): string {
  return perSecond < 100 ? `${perSecond.toFixed(1)}/s` : `${formatCount(perSecond)}/s`;
}
