const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The lines of a stream of bytes, byte for byte, without their ends; empty ones are left out. */
export async function* splitLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const line = trimEnd(Buffer.concat([...rest, chunk.subarray(from, end)]));
      if (line.length > 0) yield line;
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  const last = trimEnd(Buffer.concat(rest));
  if (last.length > 0) yield last;
}

function trimEnd(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
