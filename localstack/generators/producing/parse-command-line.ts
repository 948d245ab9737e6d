import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CommandError } from './command-error.ts';

/**
 * Splits a command line into named options and positional words.
 *
 * @throws CommandError that lists the options there are
 */
export function parseCommandLine<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    if (!isParseError(error)) throw error;
    const [problem] = error.message.split(/[.\n]/);
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new CommandError(`${problem}: the options are ${known.join(' ')}.`, error);
  }
}

/** By its code: https://nodejs.org/api/errors.html#err_parse_args_invalid_option_value and its neighbours. */
function isParseError(error: unknown): error is { code: string; message: string } {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return String(error.code).startsWith('ERR_PARSE_ARGS_');
}
