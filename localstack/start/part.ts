/** A process that belongs to the stack: how to run it, and how to tell that it works. */
export interface Part {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the process; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it does its work now. May reject, which means no. Asked until it says yes, and then every two seconds. */
  isReady(): Promise<boolean>;
  /** What the terminal shows of a line of its output, undefined for nothing; every line is in its log. */
  pickImportant(line: string): string | undefined;
}

/** Where the supervisor tells what happens, one line at a time. */
export type Report = (part: string, line: string) => void;
