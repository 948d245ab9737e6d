/** Follows one connection, so that a fault can be about what a request is, and not only about bytes. */
export interface Wire {
  /** Takes what the client sends. */
  send(chunk: Buffer): void;
  /** Takes what the target answers; names the requests that are answered with it, as `describe` would. */
  answer(chunk: Buffer): string[];
  /** Who the client says it is; undefined until it has said so, and where the protocol has no such thing. */
  readonly clientId: string | undefined;
}

/** A request's name is its first line: `PUT /bucket/key HTTP/1.1`. Without pipelining, which no client of ours does. */
export function openHttpWire(): Wire {
  let request: string | undefined;
  return {
    clientId: undefined,
    send: (chunk) => {
      request ??= chunk.toString('latin1').split('\r\n', 1)[0];
    },
    answer: (chunk) => {
      const answered = request;
      if (answered === undefined || chunk.toString('latin1', 0, 12) === 'HTTP/1.1 100') return [];
      request = undefined;
      return [answered];
    },
  };
}

/** The requests of Kafka's protocol that tests speak of. Source: https://kafka.apache.org/protocol#protocol_api_keys */
const API_NAMES: Readonly<Record<number, string>> = {
  1: 'Fetch',
  2: 'ListOffsets',
  8: 'OffsetCommit',
  9: 'OffsetFetch',
};

/** A request's name is that of its API key; of keys that no test speaks of, the number. */
export function openKafkaWire(): Wire {
  let clientId: string | undefined;
  const inFlight = new Map<number, string>();
  // Size, API key, API version, correlation id, client id (its length, then itself).
  const requests = openFrames(14, (head) => 14 + Math.max(0, head.readInt16BE(12)));
  const answers = openFrames(8, () => 8);
  return {
    get clientId() {
      return clientId;
    },
    send: (chunk) => {
      for (const head of requests(chunk)) {
        const apiKey = head.readInt16BE(4);
        inFlight.set(head.readInt32BE(8), API_NAMES[apiKey] ?? String(apiKey));
        clientId ??= head.toString('utf8', 14);
      }
    },
    answer: (chunk) => {
      const answered: string[] = [];
      for (const head of answers(chunk)) {
        const name = inFlight.get(head.readInt32BE(4));
        inFlight.delete(head.readInt32BE(4));
        if (name !== undefined) answered.push(name);
      }
      return answered;
    },
  };
}

/**
 * Cuts a stream of length-prefixed frames; returns the heads that are complete with a chunk.
 *
 * @param minBytes of a head, before `lengthOf` can say how long it is; it starts with the frame's size
 */
function openFrames(minBytes: number, lengthOf: (head: Buffer) => number): (chunk: Buffer) => Buffer[] {
  let pending = Buffer.alloc(0);
  let toSkip = 0;
  return (chunk) => {
    const heads: Buffer[] = [];
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const skipped = Math.min(toSkip, pending.length);
      pending = pending.subarray(skipped);
      toSkip -= skipped;
      if (toSkip > 0 || pending.length < minBytes || pending.length < lengthOf(pending)) return heads;
      heads.push(Buffer.from(pending.subarray(0, lengthOf(pending))));
      toSkip = 4 + pending.readInt32BE(0);
    }
  };
}
