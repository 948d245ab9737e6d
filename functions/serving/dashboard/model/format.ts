/** The page's own language, not the browser's: figures and words read as one. */
const LOCALE = 'en-US';
const count = new Intl.NumberFormat(LOCALE);
const compact = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 });
const headline = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 2 });
const money = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const share = new Intl.NumberFormat(LOCALE, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const rate = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const measure = new Intl.NumberFormat(LOCALE, { maximumSignificantDigits: 4 });

/** What stands where a figure is not known. */
export const UNKNOWN = '–';

/** 1234567 as "1,234,567". */
export function formatCount(value: number | null): string {
  return value === null ? UNKNOWN : count.format(value);
}

/** Exact up to a million, then "1.23M": for headlines, which state the exact figure in their title. */
export function formatHeadline(value: number): string {
  return value < 1_000_000 ? count.format(value) : headline.format(value);
}

/** "850", "12.5K": for the labels of an axis. */
export function formatTick(value: number): string {
  return compact.format(value);
}

/** A decimal string with two decimals, as exact as the string. The stream names no currency, so none is shown. */
export function formatMoney(decimal: string | number): string {
  return typeof decimal === 'number' ? money.format(decimal) : money.format(decimal as Intl.StringNumericLiteral);
}

/** Money for a headline: to the hundredth below a million, then "1.23M". */
export function formatMoneyHeadline(decimal: string): string {
  return Math.abs(Number(decimal)) < 1_000_000 ? formatMoney(decimal) : headline.format(Number(decimal));
}

/** `part` of `whole` as "12.5%"; unknown when there is no whole. */
export function formatShare(part: number, whole: number): string {
  return whole === 0 ? UNKNOWN : share.format(part / whole);
}

/** Events per second as "2.1". */
export function formatRate(perSecond: number | null): string {
  return perSecond === null ? UNKNOWN : rate.format(perSecond);
}

/** A measured value of whatever unit: "0.0123", "1,234.5". */
export function formatMeasure(value: number | null): string {
  return value === null ? UNKNOWN : measure.format(value);
}

/** Milliseconds as "240 ms", "2.4 s" or "3 min". */
export function formatDuration(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 90_000) return `${rate.format(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** "1 record", "2 records". */
export function formatNoun(value: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}
