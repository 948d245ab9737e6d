/** What `tidemark.event_identities` looks up an id by, which is text; as its column `id_hash` makes it. */
export function hashOfId(id: string): string {
  return `toUInt32(cityHash64(${id}))`;
}
