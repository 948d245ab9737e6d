import type { Plugin } from 'esbuild';

/** Resolves `?browser` imports: see the file beside this one. */
export const browserBundle: Plugin;
