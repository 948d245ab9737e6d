import { appendRange, type OffsetRange } from './offset-ranges.ts';

/** Where an offset is. Every offset has exactly one account. */
export const ACCOUNTS = [
  'lake',
  'repeats',
  'dead_letters',
  'hot',
  'erased',
  'no_record',
  'not_delivered',
  'gap',
] as const;

export type Account = (typeof ACCOUNTS)[number];

/** Neighbouring offsets of which the same is to be said. */
export interface Finding extends OffsetRange {
  readonly reason: string;
}

/** What became of one offset, or of a range of which all is alike. */
export interface Judgement {
  readonly account: Account;
  /** Of a gap: why. */
  readonly gap?: string;
  /** Why it counts more than once. */
  readonly double?: string;
  /** How the speed and the batch layer differ. */
  readonly mismatch?: string;
}

/** Every offset of a partition from the first that is known to the end of the log, each in one account. */
export interface PartitionLedger extends OffsetRange {
  readonly partition: number;
  readonly logStart: number;
  readonly tidemark: number;
  /** Of the trigger's group; null before its first commit. */
  readonly committed: number | null;
  readonly accounts: Readonly<Record<Account, number>>;
  readonly gaps: readonly Finding[];
  readonly doubles: readonly Finding[];
  readonly mismatches: readonly Finding[];
}

/** Collects what is said of offsets, in any order. */
export interface LedgerBook {
  add(range: OffsetRange, judgement: Judgement): void;
  /** Adds offsets of which there is nothing more to say than how many there are. */
  count(account: Account, offsets: number): void;
  /** Names a difference of offsets that are accounted for elsewhere. */
  note(range: OffsetRange, mismatch: string): void;
  readonly accounts: Readonly<Record<Account, number>>;
  close(): Pick<PartitionLedger, 'accounts' | 'gaps' | 'doubles' | 'mismatches'>;
}

export function createLedgerBook(): LedgerBook {
  const accounts = Object.fromEntries(ACCOUNTS.map((account) => [account, 0])) as Record<Account, number>;
  const findings = { gaps: [] as Finding[], doubles: [] as Finding[], mismatches: [] as Finding[] };
  const note = (list: Finding[], { from, to }: OffsetRange, reason: string | undefined) => {
    if (reason !== undefined) appendRange(list, { from, to, reason }, hasSameReason);
  };
  return {
    accounts,
    count: (account, offsets) => {
      accounts[account] += offsets;
    },
    note: (range, mismatch) => note(findings.mismatches, range, mismatch),
    add(range, { account, gap, double, mismatch }) {
      accounts[account] += range.to - range.from;
      note(findings.gaps, range, gap);
      note(findings.doubles, range, double);
      note(findings.mismatches, range, mismatch);
    },
    close: () => ({
      accounts,
      gaps: mergeInOrder(findings.gaps),
      doubles: mergeInOrder(findings.doubles),
      mismatches: mergeInOrder(findings.mismatches),
    }),
  };
}

/** Whether every offset is accounted for exactly once, and both layers agree. */
export function isClean({ gaps, doubles, mismatches }: Pick<PartitionLedger, 'gaps' | 'doubles' | 'mismatches'>) {
  return gaps.length + doubles.length + mismatches.length === 0;
}

function mergeInOrder(findings: readonly Finding[]): Finding[] {
  const merged: Finding[] = [];
  for (const finding of [...findings].sort((a, b) => a.from - b.from)) appendRange(merged, finding, hasSameReason);
  return merged;
}

function hasSameReason(a: Finding, b: Finding): boolean {
  return a.reason === b.reason;
}
