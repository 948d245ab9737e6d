import type { DeadLetter, DeadLetterPage } from '../../model/contract.ts';
import { describeEmptyList, type LetterChoice } from '../../model/dead-letters.ts';
import { formatNoun, UNKNOWN } from '../../model/format.ts';
import { formatUtc } from '../../model/time.ts';
import { button, type Child, element } from '../dom.ts';
import { drawTable, type TableColumn } from './data-table.ts';
import { drawEmpty } from './panel.ts';

export interface LetterListEvents {
  onShow: (letter: DeadLetter) => void;
  /** To the page of the cursor; empty is the first. */
  onTurn: (cursor: string) => void;
}

/** A page of dead letters, each with a button that shows its bytes. `act` stands below: what can be done with all. */
export function drawLetters(
  page: DeadLetterPage,
  { choice, act, ...events }: LetterListEvents & { choice: LetterChoice; act: Child },
  nowMs: number,
): Child[] {
  const isFirst = choice.cursor === '';
  if (page.data.length === 0 && isFirst) {
    const { title, hint } = describeEmptyList(choice);
    return [drawEmpty(title, hint)];
  }
  const all = page.counts.reduce((sum, { records }) => sum + records, 0);
  return [
    drawTable({ title: 'Dead letters', class: 'letters', columns: listColumns(events.onShow, nowMs) }, page.data),
    element(
      'div',
      { class: 'list-foot' },
      element('span', { class: 'sub' }, formatNoun(all, 'dead letter')),
      isFirst ? null : drawTurn('First page', '', events.onTurn),
      page.next_cursor === null ? null : drawTurn('Next page', page.next_cursor, events.onTurn),
      act,
    ),
  ];
}

function listColumns(onShow: (letter: DeadLetter) => void, nowMs: number): TableColumn<DeadLetter>[] {
  return [
    { label: 'Received', class: 'wide-only', draw: ({ timestamp }) => formatUtc(timestamp, nowMs) },
    { label: 'Position', class: 'wide-only', draw: ({ partition, offset }) => `${partition} / ${offset}` },
    { label: 'Reason', class: 'what', draw: drawReason },
    { label: 'Bytes', class: 'number wide-only', draw: ({ value_bytes: bytes }) => String(bytes ?? UNKNOWN) },
    {
      label: 'Record',
      class: 'number',
      draw: (letter) => {
        const name = `${letter.stream} ${letter.partition}/${letter.offset}`;
        const attributes = { class: 'button', 'aria-label': `Show ${name}`, 'data-focus': name };
        return button(attributes, () => onShow(letter), 'Show');
      },
    },
  ];
}

function drawReason({ stream, reason, detail, state }: DeadLetter): Child[] {
  const tag = state === 'open' ? null : element('span', { class: 'tag' }, state);
  return [
    element('span', { class: 'product' }, reason, ' ', tag),
    element('span', { class: 'sub', title: detail }, detail === '' ? stream : `${stream}: ${detail}`),
  ];
}

function drawTurn(label: string, cursor: string, onTurn: (cursor: string) => void): HTMLElement {
  return button({ class: 'button', 'data-focus': label }, () => onTurn(cursor), label);
}
