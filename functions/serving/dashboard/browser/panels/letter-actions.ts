import type { PostJson } from '../../model/api.ts';
import type { DiscardReport, ReplayReport } from '../../model/contract.ts';
import { describeDiscard, describeReplay, type LetterScope, toCommand } from '../../model/dead-letters.ts';
import { formatNoun } from '../../model/format.ts';
import { button, type Child, element } from '../dom.ts';

type Action = 'replay' | 'discard';

/** What an action did or would do, in words, and how many records that concerns. */
interface Outcome {
  text: string;
  records: number;
  /** To what it has not looked at; null where it looked at all. */
  nextCursor: string | null;
}

/** Where to begin; without a cursor, with the first. */
interface Start {
  cursor?: string;
}

interface Options extends Start {
  dryRun: boolean;
  comment: string;
}

/**
 * Replay and discard for `scope`. Each first says what would happen (a dry run), and does it only when that is
 * confirmed; a discard needs a reason. The same stands below as commands.
 */
export function drawLetterActions(scope: LetterScope, postJson: PostJson): HTMLElement {
  const body = element('div', { class: 'actions', role: 'status' });
  const root = element(
    'section',
    { class: 'letter-actions', 'aria-label': 'Replay or discard' },
    body,
    drawCommands(scope),
  );
  const show = (...children: Child[]) => body.replaceChildren(...children.filter((child) => child !== null));

  const offer = (...messages: Child[]) =>
    show(
      ...messages,
      element(
        'div',
        { class: 'action-row' },
        button({ class: 'button' }, () => void tryOut('replay'), 'Replay…'),
        button({ class: 'button' }, () => void tryOut('discard'), 'Discard…'),
      ),
    );
  const run = async (action: Action, options: Options): Promise<Outcome | undefined> => {
    show(element('p', {}, options.dryRun ? 'Trying out…' : 'Working…'));
    try {
      return await send(postJson, action, { ...scope, ...options });
    } catch (error) {
      offer(element('p', { class: 'warning' }, error instanceof Error ? error.message : String(error)));
      return undefined;
    }
  };
  const tryOut = async (action: Action, start: Start = {}) => {
    const outcome = await run(action, { dryRun: true, comment: 'dry run', ...start });
    if (outcome === undefined) return;
    const lookFurther = drawRest(outcome, 'Look at the rest', (rest) => void tryOut(action, rest));
    if (outcome.records === 0) offer(element('p', {}, outcome.text), lookFurther);
    else confirm(action, outcome, start);
  };
  const confirm = (action: Action, { text, records }: Outcome, start: Start) => {
    const comment = element('input', { type: 'text', maxlength: 500, required: action === 'discard', name: 'comment' });
    const label = `${action === 'replay' ? 'Replay' : 'Discard'} ${formatNoun(records, 'dead letter')}`;
    const form = element(
      'form',
      { class: 'action-form' },
      element('p', {}, text),
      element('label', {}, element('span', {}, action === 'replay' ? 'Why (optional)' : 'Why'), comment),
      element(
        'div',
        { class: 'action-row' },
        element('button', { type: 'submit', class: 'button button-strong' }, label),
        button({ class: 'button' }, () => offer(), 'Cancel'),
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void doIt(action, { comment: comment.value, ...start });
    });
    show(form);
    comment.focus();
  };
  const doIt = async (action: Action, options: Omit<Options, 'dryRun'>) => {
    const outcome = await run(action, { dryRun: false, ...options });
    if (outcome === undefined) return;
    const goOn = drawRest(outcome, 'Go on with the rest', (rest) => void doIt(action, { ...options, ...rest }));
    show(element('p', { class: 'callout' }, outcome.text), goOn);
  };

  offer();
  return root;
}

function drawRest({ nextCursor }: Outcome, label: string, onRest: (rest: Start) => void): Child {
  if (nextCursor === null) return null;
  return button({ class: 'button' }, () => onRest({ cursor: nextCursor }), label);
}

async function send(postJson: PostJson, action: Action, request: LetterScope & Options): Promise<Outcome> {
  if (action === 'replay') {
    const report = await postJson<ReplayReport>('v1/dead-letters/replay', request);
    return { text: describeReplay(report), records: report.replayed, nextCursor: report.next_cursor };
  }
  const report = await postJson<DiscardReport>('v1/dead-letters/discard', request);
  return { text: describeDiscard(report), records: report.discarded, nextCursor: report.next_cursor };
}

function drawCommands(scope: LetterScope): HTMLElement {
  return element(
    'details',
    { class: 'commands' },
    element('summary', {}, 'As commands'),
    ...(['replay', 'discard'] as const).map((action) =>
      element('pre', { class: 'bytes', tabindex: 0 }, toCommand(action, scope)),
    ),
  );
}
