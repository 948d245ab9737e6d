import { cpus, loadavg, totalmem } from 'node:os';
import { type Figure, isReached, type Target } from './figure.ts';

/** What the figures were measured on. */
export interface Conditions {
  readonly at: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly node: string;
  readonly events: number;
  readonly bytesPerEvent: number;
  /** One-minute load average when the bench began: what else the machine was doing. */
  readonly loadBefore: number;
  readonly durationS: number;
}

export function readMachine() {
  return {
    at: new Date().toISOString(),
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    loadBefore: readLoad(),
  };
}

/** The one-minute load average. */
export function readLoad(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

/** The figures as an aligned table, a section at a time. */
export function formatReport(conditions: Conditions, figures: readonly Figure[]): string {
  const { events, bytesPerEvent, cores, memoryGb, node, loadBefore, durationS } = conditions;
  const rows = figures.map((figure) => ({
    ...figure,
    valueText: formatNumber(figure.value),
    targetText: formatTarget(figure),
  }));
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const valueWidth = Math.max(...rows.map(({ valueText }) => valueText.length));
  const unitWidth = Math.max(...rows.map(({ unit }) => unit.length));
  const lines = [
    `${formatNumber(events)} events of ${bytesPerEvent} bytes, ${cores} cores, ${memoryGb} GB, Node ${node}`,
    `load average before ${loadBefore}, took ${durationS} s`,
  ];
  let section = '';
  for (const row of rows) {
    if (row.section !== section) lines.push('', formatHeading(row));
    section = row.section;
    const cells = [row.name.padEnd(nameWidth), row.valueText.padStart(valueWidth), row.unit.padEnd(unitWidth)];
    lines.push(`  ${cells.join('  ')}  ${row.targetText}`.trimEnd());
  }
  return lines.join('\n');
}

function formatHeading({ section, othersPercent }: Figure): string {
  return othersPercent === undefined ? section : `${section} (other programs took ${othersPercent}% of the processors)`;
}

function formatTarget(figure: Figure): string {
  if (figure.target === undefined) return '';
  const sign: Record<Target['is'], string> = { above: '≥', below: '≤' };
  const verdict = isReached(figure) ? 'reached' : 'missed';
  return `target ${sign[figure.target.is]} ${formatNumber(figure.target.value)}: ${verdict}`;
}

function formatNumber(value: number): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
