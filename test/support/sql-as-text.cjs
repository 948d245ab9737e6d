// jest transform: a `.sql` file imports as its text, as esbuild's text loader does in the bundles.
module.exports = {
  process: (text) => ({ code: `module.exports = { __esModule: true, default: ${JSON.stringify(text)} };` }),
};
