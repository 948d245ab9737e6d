import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { openHttpWire, openKafkaWire } from './fault-wire.ts';
import { findPorts, startTestStack, type TestStack } from './test-stack.ts';

export type Dependency = 'kafka' | 'clickhouse' | 's3';

/** The real stack, with a relay before each dependency of the functions. Tests themselves go straight. */
export interface FaultStack extends TestStack {
  readonly proxies: Readonly<Record<Dependency, FaultProxy>>;
}

/** Batch functions run only when a test invokes them. Stop it in `afterAll`. */
export async function startFaultStack(): Promise<FaultStack> {
  const [ports, { kafka: relayedPort }] = [await findPorts(), await findPorts()];
  const kafka = await startFaultProxy(relayedPort, openKafkaWire);
  const clickhouse = await startFaultProxy(ports.clickhouse, openHttpWire);
  const s3 = await startFaultProxy(ports.emulator, openHttpWire);
  const proxies = { kafka, clickhouse, s3 };
  const closeProxies = async (): Promise<void> => {
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  };
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const environment = {
    KAFKA_BROKERS: `127.0.0.1:${kafka.port}`,
    CLICKHOUSE_URL: local(clickhouse.port),
    S3_ENDPOINT: local(s3.port),
    // ClickHouse reads the lake on its own.
    LAKE_S3_ENDPOINT: local(s3.port),
  };
  const detour = { kafka: { port: relayedPort, advertisedPort: kafka.port }, environment };
  try {
    const stack = await startTestStack({ ports, hasSchedules: false, detour });
    const stop = () => stack.stop().finally(closeProxies);
    return { ...stack, proxies, stop };
  } catch (error) {
    await closeProxies();
    throw error;
  }
}
