/** One number of the report. */
export interface Figure {
  /** Heading that it stands under. */
  readonly section: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the project set out to reach. */
  readonly target?: Target;
  /** Of all processor time meanwhile, the share that went to programs beside stack and bench. */
  readonly othersPercent?: number;
}

export interface Target {
  readonly is: 'above' | 'below';
  readonly value: number;
}

export function isReached({ value, target }: Figure): boolean | undefined {
  if (target === undefined) return undefined;
  return target.is === 'above' ? value >= target.value : value <= target.value;
}

/** The smallest value that at least this share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

/** Median and a high percentile of one thing, as two figures. */
export function toPercentiles(
  { section, name, unit }: Pick<Figure, 'section' | 'name' | 'unit'>,
  values: readonly number[],
  highPercent: 95 | 99,
  targets: { readonly median?: Target; readonly high?: Target } = {},
): Figure[] {
  const { median, high } = targets;
  return [
    { section, name: `${name}, p50`, value: percentile(values, 0.5), unit, ...(median && { target: median }) },
    {
      section,
      name: `${name}, p${highPercent}`,
      value: percentile(values, highPercent / 100),
      unit,
      ...(high && { target: high }),
    },
  ];
}
