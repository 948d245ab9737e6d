import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { browserBundle } from '../../localstack/browser-bundle-plugin.mjs';

/** What of `serverless.yml` decides about the bundles of a deployment; `sls offline` leaves more packages out of them. */
interface Template {
  readonly params: { readonly default: { readonly external: readonly string[] } };
  readonly functions: Record<string, { readonly handler: string }>;
  readonly custom: { readonly esbuild: Record<'target' | 'platform' | 'format' | 'loader', never> };
}

describe('the bundles of a deployment', () => {
  it('need nothing but Node.js and the native packages that are installed beside them', async () => {
    const template: Template = parse(await readFile('serverless.yml', 'utf8'), { logLevel: 'silent' });
    const { target, platform, format, loader } = template.custom.esbuild;
    const installed = [...template.params.default.external];
    const handlers = Object.values(template.functions).map(({ handler }) => handler.replace(/\.\w+$/, '.ts'));
    const { metafile } = await build({
      ...{ target, platform, format, loader, external: installed },
      entryPoints: [...new Set(handlers)],
      plugins: [browserBundle],
      outdir: 'unwritten',
      bundle: true,
      write: false,
      metafile: true,
    });

    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const needed = new Set(imports.filter(({ external }) => external).map(({ path }) => path));
    expect([...needed].filter((path) => !isBuiltin(path) && !installed.includes(path))).toEqual([]);
    expect([...needed]).toEqual(expect.arrayContaining(installed));
  }, 120_000);
});
