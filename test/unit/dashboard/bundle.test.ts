import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { browserBundle } from '../../../localstack/browser-bundle-plugin.mjs';

const DASHBOARD = join(process.cwd(), 'functions/serving/dashboard');
/** Half of it is uplot; compressed it is 40%. */
const MAX_SCRIPT_BYTES = 115_000;

/** Bundles one browser entry as the function's build does, and gives its text. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `import text from '${entry}?browser'; export { text };`, resolveDir: DASHBOARD },
    bundle: true,
    format: 'cjs',
    write: false,
    plugins: [browserBundle],
  });
  const module: { exports: { text?: string } } = { exports: {} };
  new Function('module', outputFiles[0]?.text ?? '')(module);
  return module.exports.text ?? '';
}

describe('the browser bundle', () => {
  it('is one script that writes no HTML, evaluates no text and stays small', async () => {
    const script = await bundle('./browser/main.ts');

    for (const title of ['Real-Time Sales', 'User Activity', 'Operations']) expect(script).toContain(title);
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|^import /m,
    );
    expect(script.length).toBeLessThan(MAX_SCRIPT_BYTES);
  });

  it('is one style sheet that asks no other host and no other file', async () => {
    const style = await bundle('./browser/styles/app.css');

    expect(style).toContain('.uplot');
    expect(style).not.toMatch(/@import|url\(/);
  });

  it('hides no scroll bar: what is cut off would not be looked for', async () => {
    expect(await bundle('./browser/styles/app.css')).not.toMatch(/scrollbar-width:\s*none|-webkit-scrollbar/);
  });
});
