import { SimpleFaker } from '@faker-js/faker';
import { moveTo, readEventTime } from './event-time.ts';
import { type Message, type StreamEvent, toMessage } from './message.ts';
import { POISON_REASONS, poison } from './poison.ts';

/** How many of the produced records are not what a well-behaved producer sends, in percent of all; 100 in sum at most. */
export interface Disturbance {
  /** Events whose time is up to two days before the one they would have had. */
  readonly latePercent: number;
  /** An event sent again; every fifth of them says something else under the same id. */
  readonly duplicatePercent: number;
  /** Malformed values, of every reason in turn. */
  readonly poisonPercent: number;
}

const MAX_LATE_MS = 2 * 24 * 60 * 60 * 1000;
const MAX_CONTRADICTION_MS = 60 * 60 * 1000;
const CONTRADICTION_SHARE = 0.2;
/** How far back a repeat reaches: the events that are remembered. */
const MEMORY_EVENTS = 10_000;

/**
 * Mixes late events, repeats and poison into well-made events, for any stream. Repeats and poison come in addition.
 * The same seed and events make the same records; each event is taken from its iterator when its record is.
 */
export function* disturb(
  events: Iterator<StreamEvent>,
  seed: number,
  { latePercent, duplicatePercent, poisonPercent }: Disturbance,
): Generator<Message> {
  const faker = new SimpleFaker({ seed });
  const random = () => faker.number.float();
  const memory: StreamEvent[] = [];
  let taken = 0;
  let poisoned = 0;
  for (;;) {
    const draw = random() * 100;
    const remembered = memory[Math.floor(random() * memory.length)];
    if (remembered !== undefined && draw < poisonPercent) {
      const reason = POISON_REASONS[poisoned % POISON_REASONS.length];
      poisoned += 1;
      if (reason !== undefined) yield poison(remembered, reason);
      continue;
    }
    if (remembered !== undefined && draw < poisonPercent + duplicatePercent) {
      const isContradiction = random() < CONTRADICTION_SHARE;
      yield toMessage(isContradiction ? moveBack(remembered, random() * MAX_CONTRADICTION_MS) : remembered);
      continue;
    }
    const next = events.next();
    if (next.done) return;
    const isLate = draw < poisonPercent + duplicatePercent + latePercent;
    const event = isLate ? moveBack(next.value, random() * MAX_LATE_MS) : next.value;
    memory[taken % MEMORY_EVENTS] = event;
    taken += 1;
    yield toMessage(event);
  }
}

/** At least a second, so that what is written differs. */
function moveBack(source: StreamEvent, byMs: number): StreamEvent {
  return moveTo(source, readEventTime(source) - 1_000 - byMs);
}
