import type { Api } from '../../model/api.ts';
import type { DeadLetter, DeadLetterPage, ShownDeadLetter } from '../../model/contract.ts';
import { type LetterChoice, pathOf, scopeOf, toListParameters, toScope } from '../../model/dead-letters.ts';
import { button, type Child, element } from '../dom.ts';
import { createDialog } from './dialog.ts';
import { drawLetterActions } from './letter-actions.ts';
import { drawLetters } from './letter-list.ts';
import { createPanel, drawFailure, drawSkeleton, type Panel } from './panel.ts';
import { createSegmented } from './segmented.ts';
import { drawShownLetter } from './shown-letter.ts';

const STATES = [
  { id: 'open', label: 'Open' },
  { id: 'replayed', label: 'Replayed' },
  { id: 'discarded', label: 'Discarded' },
  { id: 'all', label: 'All' },
] as const;

export interface LettersPanel {
  panel: Panel<DeadLetterPage>;
  dialog: HTMLElement;
  readonly choice: Readonly<LetterChoice>;
  /** Lists others, from their first page. */
  choose(change: Partial<LetterChoice>): void;
  read(): Promise<DeadLetterPage>;
}

/** The list of dead letters with its choices, and the dialog that shows one and acts on it or on all. */
export function createLettersPanel(
  stream: string,
  { getJson, postJson, now, refresh }: Api & { now: () => number; refresh: () => void },
): LettersPanel {
  let choice: LetterChoice = { stream, reason: '', state: 'open', cursor: '' };
  const dialog = createDialog(refresh);

  const choose = (change: Partial<LetterChoice>) => {
    choice = { ...choice, cursor: '', ...change };
    refresh();
  };
  const showLetter = async (letter: DeadLetter) => {
    const title = `Dead letter ${letter.partition}/${letter.offset} of ${letter.stream}`;
    dialog.show(title, drawSkeleton(4));
    try {
      const shown = await getJson<ShownDeadLetter>(pathOf(letter));
      const actions = shown.state === 'open' ? drawLetterActions(scopeOf(letter), postJson) : null;
      dialog.show(title, ...drawShownLetter(shown, now()), actions);
    } catch (error) {
      dialog.show(title, drawFailure(error instanceof Error ? error : new Error(String(error))));
    }
  };
  const showAll = () => {
    const scope = toScope(choice);
    if (scope === undefined) return;
    const which =
      scope.reason === undefined ? 'All open dead letters' : `All open dead letters of reason ${scope.reason}`;
    dialog.show(
      'Replay or discard',
      element('p', {}, `${which} of ${scope.stream}.`),
      drawLetterActions(scope, postJson),
    );
  };
  const panel = createPanel<DeadLetterPage>({
    title: 'Refused records',
    columns: 8,
    controls: createSegmented({
      legend: 'State',
      choices: STATES,
      selected: choice.state,
      onSelect: (state) => choose({ state }),
    }),
    skeletonRows: 6,
    draw: (page) =>
      drawLetters(
        page,
        {
          choice,
          onShow: (letter) => void showLetter(letter),
          act: drawAct(choice, showAll),
          onTurn: (cursor) => choose({ cursor }),
        },
        now(),
      ),
  });
  return {
    panel,
    dialog: dialog.root,
    get choice() {
      return choice;
    },
    choose,
    read: () => getJson<DeadLetterPage>('v1/dead-letters', toListParameters(choice)),
  };
}

/** Only open ones can be acted on, and those of one stream at a time. */
function drawAct({ stream, state }: LetterChoice, onAct: () => void): Child {
  if (state === 'replayed' || state === 'discarded') return null;
  if (stream === '') return element('span', { class: 'sub' }, 'Choose a stream to replay or discard all of them.');
  return button({ class: 'button', 'data-focus': 'act' }, onAct, 'Replay or discard all…');
}
