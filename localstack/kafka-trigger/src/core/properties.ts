/** CloudFormation takes numbers as strings too. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** The strings of a list; none if it is no list. */
export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The fields of an object; none if it is no object. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The patterns of `FilterCriteria`, as JSON texts. */
export function readFilterPatterns(properties: Record<string, unknown>): string[] {
  const filters = recordOf(properties.FilterCriteria).Filters;
  return Array.isArray(filters) ? stringsOf(filters.map((filter) => recordOf(filter).Pattern)) : [];
}

/** `DestinationConfig.OnFailure.Destination`, as it stands. */
export function readDestination(properties: Record<string, unknown>): unknown {
  return recordOf(recordOf(properties.DestinationConfig).OnFailure).Destination;
}
