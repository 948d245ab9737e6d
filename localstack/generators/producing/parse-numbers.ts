import { CommandError } from './command-error.ts';

/** @throws CommandError if the text is no number above 0 */
export function parsePositive(flag: string, text: string | undefined): number | undefined {
  return parse(flag, text, (value) => value > 0, 'a number above 0');
}

/** @throws CommandError if the text is no whole number of at least `min` */
export function parseWhole(flag: string, text: string | undefined, min: number): number | undefined {
  return parse(flag, text, (value) => Number.isSafeInteger(value) && value >= min, `a whole number from ${min}`);
}

function parse(flag: string, text: string | undefined, isRight: (value: number) => boolean, what: string) {
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!isRight(value)) throw new CommandError(`--${flag} ${text}: must be ${what}.`);
  return value;
}
