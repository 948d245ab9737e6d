/** A `.sql` file imports as its text: esbuild's text loader, `localstack/sql-as-text.mjs` and jest's transform. */
declare module '*.sql' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: esbuild's text loader exports the text as default.
  export default text;
}
