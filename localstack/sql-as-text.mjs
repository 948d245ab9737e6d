// Node module hook: `import sql from './x.sql'` gives the file's text, as esbuild's text loader does in the bundles.
// Use: node --import tsx --import ./localstack/sql-as-text.mjs file.ts
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';

if (!process.argv.includes('--hook-thread')) register(import.meta.url);

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.sql')) return nextLoad(url, context);
  const text = await readFile(new URL(url), 'utf8');
  return { format: 'module', shortCircuit: true, source: `export default ${JSON.stringify(text)};` };
}
