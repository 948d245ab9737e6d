// The browser's entry: loaded in the head, so that the remembered theme is set before the first paint.
import { createApi } from '../model/api.ts';
import { startApp } from './app.ts';
import { pages } from './pages/index.ts';
import { applyRememberedTheme } from './theme.ts';

applyRememberedTheme();
document.addEventListener('DOMContentLoaded', () => {
  const host = document.getElementById('app');
  if (host === null) throw new Error('the page has no #app');
  startApp(
    host,
    pages,
    createApi(document.baseURI, (url, init) => fetch(url, { ...init, cache: 'no-store' })),
  );
});
