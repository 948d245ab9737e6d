// Runs one part that never ends under a supervisor, and prints the ids of the part and of its child: a test kills it.
import { RunDirectory } from '../../../localstack/start/run-directory.ts';
import { Supervisor } from '../../../localstack/start/supervisor.ts';

const stateDir = process.argv[2] as string;
const supervisor = new Supervisor({
  root: stateDir,
  stateDir,
  runDirectory: new RunDirectory(stateDir),
  report: (_part, line) => console.log(line),
});
const sleeper = ['-e', 'setInterval(() => {}, 1000)'];
await supervisor.start({
  name: 'fake',
  command: process.execPath,
  args: [
    '-e',
    `console.log('child ' + require('child_process').spawn(process.execPath, ${JSON.stringify(sleeper)}).pid)`,
  ],
  env: {},
  isReady: async () => true,
  pickImportant: (line) => line,
});
console.log(`part ${supervisor.pid('fake')}`);
setInterval(() => {}, 1000);
