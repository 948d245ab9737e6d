/** A `?browser` import is that entry bundled for the browser, as text: see localstack/browser-bundle-plugin.mjs. */
declare module '*?browser' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: esbuild's text loader exports the text as default.
  export default text;
}
