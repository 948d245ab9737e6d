import avro from 'avsc';

/** A record schema as JSON; attributes such as `field-id` go into the file's header as they stand. */
export interface AvroSchema {
  type: 'record';
  name: string;
  fields: readonly object[];
}

/** Encodes records as an Avro object container file, deflated, with `metadata` in its header. */
export async function encodeAvro(
  schema: AvroSchema,
  records: readonly object[],
  metadata: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const options = {
    codec: 'deflate',
    // The header must be there even when no record follows.
    writeHeader: 'always' as const,
    metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value)])),
  };
  // A schema as plain JSON reaches the header whole; a compiled one would lose the field ids.
  const encoder = new avro.streams.BlockEncoder(
    schema as ConstructorParameters<typeof avro.streams.BlockEncoder>[0],
    options,
  );
  for (const record of records) encoder.write(record);
  encoder.end();
  return Buffer.concat(await encoder.toArray());
}

/** Decodes the records of an Avro object container file by the schema in its header. */
export async function decodeAvro<T>(bytes: Uint8Array): Promise<T[]> {
  const decoder = new avro.streams.BlockDecoder();
  decoder.end(Buffer.from(bytes));
  return (await decoder.toArray()) as T[];
}
