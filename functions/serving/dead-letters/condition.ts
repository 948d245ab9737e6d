import type { DeadLetterFilter } from './requests.ts';

/** A condition on tidemark.dead_letters_by_state, and the values of its placeholders. */
export interface Condition {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const CONDITIONS = {
  stream: 'stream = {stream:String}',
  reason: 'reason = {reason:String}',
  partition: '_partition = {partition:UInt32}',
  from_offset: '_offset >= {from_offset:UInt64}',
  to_offset: '_offset < {to_offset:UInt64}',
  from: '_timestamp >= parseDateTime64BestEffort({from:String}, 3)',
  to: '_timestamp < parseDateTime64BestEffort({to:String}, 3)',
} as const;

/** What a filter lets pass; without any, everything. */
export function toCondition(filter: DeadLetterFilter): Condition {
  const given = Object.entries(CONDITIONS).flatMap(([name, sql]) => {
    const value = filter[name as keyof typeof CONDITIONS];
    return value === undefined ? [] : [{ name, sql, value }];
  });
  return {
    sql: given.length === 0 ? 'true' : given.map(({ sql }) => sql).join(' AND '),
    params: Object.fromEntries(given.map(({ name, value }) => [name, value])),
  };
}
