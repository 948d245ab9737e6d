import { button } from './dom.ts';
import { type IconName, icon } from './icons.ts';

const STORAGE_KEY = 'tidemark-theme';
const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

/** Sets the remembered theme; call before the first paint. */
export function applyRememberedTheme(): void {
  applyTheme(readTheme());
}

/** A button that goes round system, light and dark, and remembers. */
export function createThemeToggle(): HTMLButtonElement {
  const show = (theme: Theme) => {
    toggle.replaceChildren(icon(theme satisfies IconName));
    toggle.setAttribute('aria-label', `Colour theme: ${theme}`);
    toggle.title = `Colour theme: ${theme}`;
  };
  const toggle = button({ class: 'icon-button' }, () => {
    const next = THEMES[(THEMES.indexOf(readTheme()) + 1) % THEMES.length] ?? 'system';
    rememberTheme(next);
    applyTheme(next);
    show(next);
  });
  show(readTheme());
  return toggle;
}

/** Calls back when the colours on display change, by the toggle or by the system, until the signal aborts. */
export function onThemeChange(callback: () => void, signal: AbortSignal): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', callback, { signal });
  const observer = new MutationObserver(callback);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  signal.addEventListener('abort', () => observer.disconnect());
}

function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}

function readTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(STORAGE_KEY)) ?? 'system';
  } catch {
    // Storage is barred in some private windows: the system's theme serves.
    return 'system';
  }
}

function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // See readTheme: the choice then lasts as long as the page.
  }
}
