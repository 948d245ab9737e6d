import { CommandError } from './command-error.ts';

/**
 * @param name what the person has set: `--rate`, or a variable of the environment
 * @throws CommandError if the text is no number above 0
 */
export function parsePositive(name: string, text: string | undefined): number | undefined {
  return parse(name, text, (value) => value > 0, 'a number above 0');
}

/** @throws CommandError if the text is no whole number of at least `min` */
export function parseWhole(name: string, text: string | undefined, min: number): number | undefined {
  return parse(name, text, (value) => Number.isSafeInteger(value) && value >= min, `a whole number from ${min}`);
}

/** @throws CommandError if the text is no number from 0 to 100 */
export function parsePercent(name: string, text: string | undefined): number | undefined {
  return parse(name, text, (value) => value <= 100, 'a percentage from 0 to 100');
}

function parse(name: string, text: string | undefined, isRight: (value: number) => boolean, what: string) {
  if (text === undefined) return undefined;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!isRight(value)) throw new CommandError(`${name} ${text}: must be ${what}.`);
  return value;
}
