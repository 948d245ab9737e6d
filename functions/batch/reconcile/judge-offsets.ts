import type { Judgement } from './ledger.ts';

/** In how many rows an offset stands: 0, 1, or 2 for more. */
export interface Presence {
  /** The lake's events. */
  readonly lake: number;
  /** The lake's dead letters. */
  readonly refused: number;
  /** Valid records of a bronze table; 0 where the stream has none. */
  readonly received: number;
  /** The hot table, merged. */
  readonly hot: number;
  /** ClickHouse's dead letters. */
  readonly hotRefused: number;
  /** Both layers have the event, or the dead letter, and in one of them it has other content. */
  readonly isDifferent: boolean;
  /** The speed layer is expected to have what the lake has. */
  readonly isExpectedHot: boolean;
}

export const NOWHERE: Presence = {
  lake: 0,
  refused: 0,
  received: 0,
  hot: 0,
  hotRefused: 0,
  isDifferent: false,
  isExpectedHot: false,
};

/**
 * Judges an offset below the tidemark, which answers read from the lake.
 *
 * @returns undefined where no table has it: Kafka has to say whether there is a record
 */
export function judgeBelowTidemark(presence: Presence): Judgement | undefined {
  const { lake, refused, received, hot, hotRefused } = presence;
  if (lake + refused + received === 0) {
    return hot + hotRefused === 0 ? undefined : { account: 'gap', gap: 'the speed layer has it, the lake has not' };
  }
  const account = lake > 0 ? 'lake' : refused > 0 ? 'dead_letters' : 'repeats';
  const double = findDoubleBelow(presence);
  const mismatch = findMismatch(presence);
  return { account, ...(double && { double }), ...(mismatch && { mismatch }) };
}

/**
 * Judges an offset from the tidemark on, which answers read from the hot table.
 *
 * @returns undefined where no table has it
 */
export function judgeAboveTidemark({ lake, hot, hotRefused }: Presence): Judgement | undefined {
  if (lake > 0) return { account: 'lake', double: 'in the lake above its own tidemark' };
  if (hot + hotRefused === 0) return undefined;
  const account = hot > 0 ? 'hot' : 'dead_letters';
  if (hot > 1) return { account, double: 'twice in the hot table' };
  if (hot > 0 && hotRefused > 0) return { account, double: 'in the hot table and dead-lettered' };
  return { account };
}

function findDoubleBelow({ lake, refused, received, hot }: Presence): string | undefined {
  if (lake > 1) return 'twice in the lake';
  if (refused > 1 || received > 1) return "twice among the lake's records";
  if (lake + received > 0 && refused > 0) return 'in the lake and dead-lettered';
  if (hot > 1) return 'twice in the hot table';
  return undefined;
}

function findMismatch({ lake, refused, received, hot, hotRefused, isDifferent, isExpectedHot }: Presence) {
  const isValidInLake = lake + received > 0;
  if (isValidInLake && hot === 0 && hotRefused > 0) return 'the lake has it as valid, the speed layer dead-lettered it';
  if ((isValidInLake && hotRefused > 0) || (refused > 0 && hot > 0)) return 'judged differently by the layers';
  if (isDifferent) return 'the layers hold different content';
  if (!isExpectedHot) return undefined;
  if (lake > 0 && hot === 0) return 'missing in the hot table';
  if (refused > 0 && hotRefused === 0) return 'missing in tidemark.dead_letters';
  return undefined;
}
