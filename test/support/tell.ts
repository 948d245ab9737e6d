/** Puts a measured time into the run's output, as jest's own `console` would not: in one line. */
export function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
