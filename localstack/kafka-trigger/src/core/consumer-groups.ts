import type { Mapping } from './mapping.ts';
import { type Finding, type MappingProblem, notEmulated, rejected, withoutPolling } from './mapping-problem.ts';
import { readKafkaConfig } from './properties.ts';

const SETTING = 'ConsumerGroupId';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_AmazonManagedKafkaEventSourceConfig.html (2026-11). */
const GROUP_ID = /^[a-zA-Z0-9-/*:_+=.@]{1,200}$/;

/** A group that cannot be read here leaves the mapping with one of its own, which reads everything. */
export function checkGroup(properties: Record<string, unknown>): Finding[] {
  const group = readKafkaConfig(properties)[SETTING];
  if (group === undefined) return [];
  if (typeof group !== 'string')
    return [notEmulated(SETTING, 'what it refers to is not known here; the mapping has a group of its own')];
  return GROUP_ID.test(group)
    ? []
    : [rejected(SETTING, `${JSON.stringify(group)} is not 1 to 200 of letters, digits and -/*:_+=.@`)];
}

/** A mapping and the name by which others are told of it. */
export interface GroupMember {
  name: string;
  mapping: Mapping;
}

/**
 * Finds the mappings whose consumer group is also that of one before them. Polled together, each would get some of the
 * partitions, or of their topics one none at all.
 */
export function findSharedGroups<Member extends GroupMember>(
  members: readonly Member[],
): { sole: Member[]; problems: MappingProblem[] } {
  const owners = new Map<string, string>();
  const sole: Member[] = [];
  const problems: MappingProblem[] = [];
  for (const member of members) {
    const { consumerGroupId, id } = member.mapping;
    const owner = owners.get(consumerGroupId);
    if (owner === undefined) {
      owners.set(consumerGroupId, member.name);
      sole.push(member);
    } else {
      const finding = rejected(SETTING, `${SETTING} ${consumerGroupId} is also that of ${owner}`);
      problems.push({ mapping: id, ...withoutPolling(finding) });
    }
  }
  return { sole, problems };
}
