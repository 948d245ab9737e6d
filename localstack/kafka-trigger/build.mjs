// Builds the plugin and the program, each as one CommonJS file: the framework loads plugins with require.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

const { dependencies } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));

const options = {
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: Object.keys(dependencies),
};

await build({
  ...options,
  entryPoints: ['src/plugin.ts'],
  outfile: 'dist/plugin.cjs',
  footer: { js: 'module.exports = module.exports.KafkaTriggerPlugin;' },
});

await build({
  ...options,
  entryPoints: ['src/standalone/main.ts'],
  outfile: 'dist/serverless-kafka-trigger.cjs',
});
