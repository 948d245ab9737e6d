/** Prints one line a record. */
export async function print(event) {
  for (const [partition, records] of Object.entries(event.records)) {
    for (const { offset, value } of records) {
      console.log(`${partition} ${offset}: ${Buffer.from(value ?? '', 'base64')}`);
    }
  }
}
