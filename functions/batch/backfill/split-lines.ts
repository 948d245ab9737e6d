const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a stream of bytes, byte for byte, without their ends; empty ones are left out.
 *
 * @throws Error for a line that is longer than `maxBytes`, rather than hold it
 */
export async function* splitLines(source: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 1;
  const refuseLong = (bytes: number) => {
    if (bytes > maxBytes) throw new Error(`line ${line} is longer than ${maxBytes} bytes: a line must be one record`);
  };
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      refuseLong(restBytes + end - from);
      const bytes = trimEnd(Buffer.concat([...rest, chunk.subarray(from, end)]));
      if (bytes.length > 0) yield bytes;
      rest = [];
      restBytes = 0;
      line += 1;
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    restBytes += chunk.length - from;
    refuseLong(restBytes);
  }
  const last = trimEnd(Buffer.concat(rest));
  if (last.length > 0) yield last;
}

function trimEnd(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
