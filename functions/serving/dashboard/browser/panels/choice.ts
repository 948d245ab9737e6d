import { element } from '../dom.ts';

export interface Choice {
  root: HTMLElement;
  /** Replaces the choices when they differ from those on offer; the selected one stays. */
  offer(choices: readonly { id: string; label: string }[]): void;
}

/** A choice of one of many: the browser's own list, so that keys, touch and screen readers work. */
export function createChoice(options: { label: string; selected: string; onSelect: (id: string) => void }): Choice {
  const select = element('select', { class: 'button' });
  const root = element('label', { class: 'choice' }, element('span', {}, options.label), select);
  let selected = options.selected;
  let offered = '';
  select.addEventListener('change', () => {
    selected = select.value;
    options.onSelect(selected);
  });
  return {
    root,
    offer(choices) {
      const key = JSON.stringify(choices);
      if (key === offered) return;
      offered = key;
      select.replaceChildren(...choices.map(({ id, label }) => element('option', { value: id }, label)));
      select.value = selected;
    },
  };
}
