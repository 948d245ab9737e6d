// Builds the plugin and the program, each as one CommonJS file: the framework loads plugins with require.
import { readFile, rename } from 'node:fs/promises';
import { build } from 'esbuild';

const { dependencies } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));

/** Builds aside and renames: whoever loads the file while it is built anew finds the one or the other, whole. */
async function bundle(entryPoint, outfile, more = {}) {
  const staging = `${outfile}.${process.pid}`;
  await build({
    absWorkingDir: import.meta.dirname,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: Object.keys(dependencies),
    entryPoints: [entryPoint],
    outfile: staging,
    ...more,
  });
  await rename(new URL(staging, import.meta.url), new URL(outfile, import.meta.url));
}

await bundle('src/plugin.ts', 'dist/plugin.cjs', {
  footer: { js: 'module.exports = module.exports.KafkaTriggerPlugin;' },
});
await bundle('src/standalone/main.ts', 'dist/serverless-kafka-trigger.cjs');
