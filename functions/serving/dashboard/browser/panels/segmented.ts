import { element } from '../dom.ts';

/** A choice of one in a row of buttons: native radio buttons, so that arrow keys and screen readers work. */
export function createSegmented<Id extends string>(options: {
  legend: string;
  choices: readonly { id: Id; label: string }[];
  selected: Id;
  onSelect: (id: Id) => void;
}): HTMLElement {
  const name = options.legend.toLowerCase().replaceAll(' ', '-');
  const labels = options.choices.map(({ id, label }) => {
    const input = element('input', { type: 'radio', name, value: id, checked: id === options.selected });
    input.addEventListener('change', () => options.onSelect(id));
    return element('label', {}, input, element('span', {}, label));
  });
  const legend = element('legend', { class: 'visually-hidden' }, options.legend);
  return element('fieldset', { class: 'segmented' }, legend, ...labels);
}
