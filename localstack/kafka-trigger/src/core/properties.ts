/** A finite number; CloudFormation takes numbers as strings too. */
export function numberOf(value: unknown): number | undefined {
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  return isNumeric && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** The strings of a list; none if it is no list. */
export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The fields of an object; none if it is no object. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The patterns of `FilterCriteria`, as they stand; one that is undefined, where the criteria cannot be read. */
export function readFilterPatterns(properties: Record<string, unknown>): unknown[] {
  const criteria = recordOf(properties.FilterCriteria);
  if (Object.keys(criteria).length === 0) return [];
  const { Filters } = criteria;
  return Array.isArray(Filters) ? Filters.map((filter) => recordOf(filter).Pattern) : [undefined];
}

/** `DestinationConfig.OnFailure.Destination`, as it stands. */
export function readDestination(properties: Record<string, unknown>): unknown {
  return recordOf(recordOf(properties.DestinationConfig).OnFailure).Destination;
}

/** `StartingPositionTimestamp`, which is in Unix seconds, in milliseconds; undefined if it is none. */
export function readTimestampMs(properties: Record<string, unknown>): number | undefined {
  const timestampMs = Math.floor((numberOf(properties.StartingPositionTimestamp) ?? -1) * 1000);
  return Number.isSafeInteger(timestampMs) && timestampMs >= 0 ? timestampMs : undefined;
}

/** The settings for the mapping's kind of cluster. */
export function readKafkaConfig(properties: Record<string, unknown>): Record<string, unknown> {
  return recordOf(properties[kafkaConfigNames(properties).own]);
}

/** Names of the settings for the mapping's kind of cluster, and of those for the other kind. */
export function kafkaConfigNames(properties: Record<string, unknown>): { own: string; foreign: string } {
  const managed = 'AmazonManagedKafkaEventSourceConfig';
  const selfManaged = 'SelfManagedKafkaEventSourceConfig';
  return properties.SelfManagedEventSource === undefined
    ? { own: managed, foreign: selfManaged }
    : { own: selfManaged, foreign: managed };
}
