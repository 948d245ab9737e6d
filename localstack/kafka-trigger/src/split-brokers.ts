/** The brokers of a list or a comma-separated text; undefined if there are none. */
export function splitBrokers(value: unknown): string[] | undefined {
  const listed = Array.isArray(value) ? value.map(String) : String(value ?? '').split(',');
  const brokers = listed.map((broker) => broker.trim()).filter((broker) => broker !== '');
  return brokers.length > 0 ? brokers : undefined;
}
