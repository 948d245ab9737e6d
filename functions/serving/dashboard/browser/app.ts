import type { Api } from '../model/api.ts';
import type { Refresher, RefresherDeps } from '../model/refresher.ts';
import { element, updateAgos } from './dom.ts';
import { createFailureBanner } from './failure-banner.ts';
import { brandMark } from './icons.ts';
import type { Page, PageContext } from './page.ts';
import { createRefreshBar } from './refresh-bar.ts';
import { createThemeToggle } from './theme.ts';

const TICK_MS = 1000;

/** Builds the frame (header, navigation, main) into `host` and shows the page that the address names. */
export function startApp(host: HTMLElement, pages: readonly [Page, ...Page[]], api: Api): void {
  const deps: RefresherDeps = { now: Date.now, schedule: scheduleOnce };
  const links = pages.map((page) => ({ page, link: element('a', { href: `#${page.path}` }, page.title) }));
  const main = element('main', { id: 'main', tabindex: -1 });
  host.replaceChildren(drawSkipLink(main), drawHeader(links.map(({ link }) => link)), main);

  let refresher: Refresher | undefined;
  let leaving = new AbortController();
  const show = (page: Page, parameters: URLSearchParams) => {
    refresher?.stop();
    leaving.abort();
    leaving = new AbortController();
    for (const { page: other, link } of links) {
      if (other === page) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    document.title = page.path === pages[0].path ? 'Tidemark' : `${page.title} · Tidemark`;
    refresher = showPage(main, page, { ...api, parameters, signal: leaving.signal }, deps);
  };
  const showCurrent = () => {
    const [path, query] = location.hash.slice(1).split('?');
    show(pages.find((page) => page.path === path) ?? pages[0], new URLSearchParams(query));
  };

  window.addEventListener('hashchange', () => {
    showCurrent();
    main.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  });
  document.addEventListener('visibilitychange', () => refresher?.setVisible(!document.hidden));
  setInterval(() => updateAgos(deps.now()), TICK_MS);
  showCurrent();
}

function showPage(
  main: HTMLElement,
  page: Page,
  context: Omit<PageContext, 'now' | 'refresh'>,
  deps: RefresherDeps,
): Refresher {
  let refresher: Refresher | undefined;
  const refresh = () => refresher?.refreshNow();
  const bar = createRefreshBar({
    intervalMs: page.intervalMs,
    onPause: (paused) => refresher?.setPaused(paused),
    onRefresh: refresh,
  });
  const banner = createFailureBanner(refresh);
  const mounted = page.mount({ ...context, now: deps.now, refresh });
  main.replaceChildren(
    element(
      'header',
      { class: 'page-head' },
      element('div', { class: 'page-title' }, element('h1', {}, page.title), element('p', {}, page.summary)),
      element('div', { class: 'page-controls' }, mounted.controls, bar.root),
    ),
    banner.root,
    mounted.root,
  );
  refresher = mounted.start((summary) => {
    bar.update(summary, deps.now());
    banner.update(summary.failure, deps.now());
  }, deps);
  return refresher;
}

function drawHeader(links: HTMLAnchorElement[]): HTMLElement {
  const items = links.map((link) => element('li', {}, link));
  return element(
    'header',
    { class: 'site-head' },
    element('a', { class: 'brand', href: '#/' }, brandMark(), element('span', {}, 'Tidemark')),
    element('nav', { 'aria-label': 'Pages' }, element('ul', {}, ...items)),
    createThemeToggle(),
  );
}

/** The address's hash is the page, so the link moves the focus itself. */
function drawSkipLink(main: HTMLElement): HTMLElement {
  const link = element('a', { class: 'skip-link', href: '#main' }, 'Skip to content');
  link.addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
  return link;
}

function scheduleOnce(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
