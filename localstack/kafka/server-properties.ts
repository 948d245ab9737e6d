/** Where one broker listens and keeps its data. */
export interface BrokerPlace {
  port: number;
  controllerPort: number;
  /** Absolute path of the log segments. */
  dataDir: string;
  /** A second listener; its clients are told to reach the broker by another port, where something relays to it. */
  relayed?: { port: number; advertisedPort: number } | undefined;
}

/**
 * The configuration of a single KRaft node that starts and recovers in seconds on a laptop.
 *
 * Source: https://kafka.apache.org/43/configuration/broker-configs/
 */
export function renderServerProperties({ port, controllerPort, dataDir, relayed }: BrokerPlace): string {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'log.dirs': dataDir,
    'auto.create.topics.enable': false,
    // One node is its own majority: without these a restart after kill -9 waits 16 s for sessions to expire.
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 250,
    'controller.quorum.election.timeout.ms': 100,
    'group.initial.rebalance.delay.ms': 0,
    // Internal topics on one node.
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    // The default takes 128 MB of the 256 MB heap at the first start of the cleaner.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    'num.network.threads': 2,
    'num.io.threads': 4,
    ...(relayed && {
      listeners: `PLAINTEXT://127.0.0.1:${port},RELAYED://127.0.0.1:${relayed.port},CONTROLLER://127.0.0.1:${controllerPort}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},RELAYED://127.0.0.1:${relayed.advertisedPort}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,RELAYED:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
    }),
  };
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}
