// esbuild plugin: `import text from './main.ts?browser'` gives that entry, bundled and minified for the browser, as text.
// Works for scripts and style sheets. Use: custom.esbuild.plugins in serverless.yml, or `plugins: [browserBundle]`.
import { dirname, resolve } from 'node:path';

const SUFFIX = /\?browser$/;

export const browserBundle = {
  name: 'browser-bundle',
  setup({ esbuild, onResolve, onLoad }) {
    onResolve({ filter: SUFFIX }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.replace(SUFFIX, '')),
      namespace: 'browser-bundle',
    }));
    onLoad({ filter: /./, namespace: 'browser-bundle' }, async ({ path }) => {
      const { outputFiles, metafile, warnings } = await esbuild.build({
        entryPoints: [path],
        absWorkingDir: dirname(path),
        bundle: true,
        minify: true,
        platform: 'browser',
        format: 'iife',
        target: 'es2022',
        write: false,
        metafile: true,
        logLevel: 'silent',
      });
      const watchFiles = Object.keys(metafile.inputs).map((input) => resolve(dirname(path), input));
      return { contents: outputFiles[0].text, loader: 'text', warnings, watchFiles };
    });
  },
};

// biome-ignore lint/style/noDefaultExport: serverless-esbuild reads its plugins from the default export.
export default [browserBundle];
