// One instance of the trigger in a process of its own, to be killed. A batch counts as delivered once its line is
// written to OUTPUT. Usage: BROKERS=… TOPIC=… OUTPUT=… node --import tsx crash-instance.ts
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startTrigger } from '../../src/trigger.ts';
import { createMapping, offsetsOf } from './fakes.ts';

const { BROKERS = '', TOPIC = '', OUTPUT = '' } = process.env;

startTrigger({
  mappings: [createMapping({ topics: [TOPIC], consumerGroupId: `group-${TOPIC}`, batchSize: 10 })],
  brokers: [BROKERS],
  sessionTimeoutMs: 6_000,
  log: () => {},
  invoker: {
    invoke: async (_target, event) => {
      await delay(10);
      appendFileSync(OUTPUT, `${JSON.stringify(offsetsOf(event))}\n`);
    },
    close: async () => {},
  },
});
