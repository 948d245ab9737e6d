import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Wire } from './fault-wire.ts';

/** What goes wrong on the way, for as long as it is set. */
export type NetworkFault =
  | { readonly kind: 'none' }
  /** Connections that are open are reset, and new ones as soon as they are known. */
  | { readonly kind: 'reset'; readonly affects?: Affects }
  /** Answers arrive so much later. */
  | { readonly kind: 'latency'; readonly delayMs: number; readonly affects?: Affects }
  /** The target has done what it was asked; its answer is lost, and the connection with it. */
  | { readonly kind: 'cut-answer'; readonly cuts: (request: string) => boolean; readonly affects?: Affects };

/** Which connections, by the name the client gives itself; without it, all. */
type Affects = (clientId: string | undefined) => boolean;

/** A TCP relay of the tests between a client and its target. */
export interface FaultProxy {
  readonly port: number;
  /** Of the fault that is set or was set last: connections reset, answers delayed, answers cut. */
  readonly affected: number;
  begin(fault: NetworkFault): void;
  end(): void;
  close(): Promise<void>;
}

/** Relays a port of its own to `targetPort`, both on 127.0.0.1, and starts without a fault. */
export async function startFaultProxy(targetPort: number, openWire: () => Wire): Promise<FaultProxy> {
  let fault: NetworkFault = { kind: 'none' };
  let affected = 0;
  const relays = new Set<Relay>();
  const server = createServer({ noDelay: true }, (client) => {
    const relay = openRelay(client, targetPort, openWire(), {
      fault: () => fault,
      onAffected: () => {
        affected += 1;
      },
    });
    relays.add(relay);
    client.once('close', () => relays.delete(relay));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get affected() {
      return affected;
    },
    begin: (next) => {
      fault = next;
      affected = 0;
      for (const relay of relays) relay.resetIfDue();
    },
    end: () => {
      fault = { kind: 'none' };
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const relay of relays) relay.reset();
      await closed;
    },
  };
}

interface Relay {
  resetIfDue(): void;
  reset(): void;
}

interface FaultState {
  fault(): NetworkFault;
  onAffected(): void;
}

function openRelay(client: Socket, targetPort: number, wire: Wire, { fault, onAffected }: FaultState): Relay {
  const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
  const reset = (): void => {
    client.resetAndDestroy();
    target.destroy();
  };
  const current = (): NetworkFault => {
    const set = fault();
    return set.kind === 'none' || (set.affects?.(wire.clientId) ?? true) ? set : { kind: 'none' };
  };
  const resetIfDue = (): void => {
    if (client.destroyed || current().kind !== 'reset') return;
    onAffected();
    reset();
  };
  const later = openQueue();

  client.on('data', (chunk) => {
    wire.send(chunk);
    resetIfDue();
    if (!client.destroyed) target.write(chunk);
  });
  target.on('data', (chunk) => {
    const answered = wire.answer(chunk);
    const now = current();
    if (now.kind === 'cut-answer' && answered.some(now.cuts)) {
      onAffected();
      return reset();
    }
    if (now.kind === 'latency') onAffected();
    later(now.kind === 'latency' ? now.delayMs : 0, () => client.write(chunk));
  });
  client.on('end', () => target.end());
  target.on('end', () => later(0, () => client.end()));
  // One side that breaks breaks the other: that is what a relay's errors mean.
  client.on('error', reset).on('close', () => target.destroy());
  target.on('error', reset);
  resetIfDue();
  return { resetIfDue, reset };
}

/** Runs tasks in their order, each not before its delay: what is not late waits for what is. */
function openQueue(): (delayMs: number, task: () => void) => void {
  const waiting: { readonly dueAtMs: number; readonly task: () => void }[] = [];
  const drain = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const waitMs = next.dueAtMs - performance.now();
      if (waitMs > 0) {
        setTimeout(drain, Math.ceil(waitMs));
        return;
      }
      waiting.shift();
      next.task();
    }
  };
  return (delayMs, task) => {
    if (waiting.push({ dueAtMs: performance.now() + delayMs, task }) === 1) drain();
  };
}
