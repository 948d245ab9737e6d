import type { LetterAction, ShownDeadLetter } from '../../model/contract.ts';
import { describeBytes, pathOf } from '../../model/dead-letters.ts';
import { type Child, element, timeWithAgo } from '../dom.ts';
import { drawFacts, type Fact } from './facts.ts';

/** One dead letter: why, where, its bytes as they were sent, and what was done with it. */
export function drawShownLetter(letter: ShownDeadLetter, nowMs: number): Child[] {
  const value = describeBytes(letter.value);
  const key = describeBytes(letter.key);
  return [
    element(
      'p',
      { class: 'warning' },
      element('strong', {}, letter.reason),
      letter.detail === '' ? null : `: ${letter.detail}`,
    ),
    drawFacts(
      [
        ['Topic', `${letter.topic}, partition ${letter.partition}, offset ${letter.offset}`],
        ['Taken by Kafka', timeWithAgo(letter.timestamp, nowMs)],
        ['First refused', timeWithAgo(letter.first_seen, nowMs)],
        ['State', letter.state],
        ['Key', letter.key === null ? key.note : element('code', {}, key.text)],
        ...letter.headers.map(({ name, value: header }): Fact => [`Header ${name}`, describeBytes(header).text]),
        ['Value', value.note],
      ],
      'facts facts-left',
    ),
    letter.value === null ? null : element('pre', { class: 'bytes', tabindex: 0, 'aria-label': 'Value' }, value.text),
    element(
      'p',
      { class: 'sub' },
      element('a', { href: pathOf(letter) }, 'All of it as JSON, with the bytes in base64'),
    ),
    letter.history.length === 0 ? null : drawHistory(letter.history, nowMs),
  ];
}

function drawHistory(history: readonly LetterAction[], nowMs: number): HTMLElement {
  const describe = ({ action, new_partition: partition, new_offset: offset, comment }: LetterAction) => {
    const place = partition === null || offset === null ? '' : ` to partition ${partition}, offset ${offset}`;
    return `${action}${place}${comment === '' ? '' : `: ${comment}`}`;
  };
  const items = history.map((entry) => element('li', {}, describe(entry), ' ', timeWithAgo(entry.at, nowMs)));
  return element('ul', { class: 'tally' }, ...items);
}
