import { button, type Child, element } from '../dom.ts';
import { icon } from '../icons.ts';

export interface Dialog {
  root: HTMLDialogElement;
  /** Opens it, or replaces what is in the open one. */
  show(title: string, ...children: Child[]): void;
}

/** The browser's own modal dialog: it holds the focus, closes with Escape, and gives the focus back. */
export function createDialog(onClose: () => void): Dialog {
  const heading = element('h2', { id: 'dialog-title' });
  const body = element('div', { class: 'dialog-body' });
  const root = element('dialog', { class: 'dialog', 'aria-labelledby': 'dialog-title' });
  const close = button(
    { class: 'icon-button', 'aria-label': 'Close', title: 'Close' },
    () => root.close(),
    icon('down'),
  );
  root.append(element('header', { class: 'dialog-head' }, heading, close), body);
  root.addEventListener('close', onClose);
  return {
    root,
    show(title, ...children) {
      heading.textContent = title;
      body.replaceChildren(...children.filter((child) => child !== null));
      if (!root.open) root.showModal();
    },
  };
}
