// The way into every npm script: `node localstack/bootstrap.mjs <command> [arguments]`. Works on a fresh clone, where
// nothing is installed yet. This file must parse on any Node that knows ES modules, so that an old one is told what to
// do instead of failing on syntax: no static imports, nothing newer than ES2017.

const OLDEST_NODE = [20, 19];

const version = process.versions.node.split('.').map(Number);
const isTooOld = version[0] < OLDEST_NODE[0] || (version[0] === OLDEST_NODE[0] && version[1] < OLDEST_NODE[1]);

if (isTooOld) {
  console.error(
    `Tidemark needs Node ${OLDEST_NODE.join('.')} or newer, and this is ${process.versions.node}: ` +
      'install a current Node from https://nodejs.org (or run `nvm install 22`) and try again.',
  );
  process.exit(1);
}

if (process.platform === 'win32') {
  console.error('Tidemark runs on Linux and macOS: on Windows, start it inside WSL 2 (`wsl --install`).');
  process.exit(1);
}

import('./start/run-command.mjs')
  .then(({ runCommand }) => runCommand(process.argv[2], process.argv.slice(3)))
  .catch((error) => {
    console.error(error.isForPeople ? error.message : error);
    process.exit(1);
  });
