// A TCP proxy that fails on purpose, in front of a database.
import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

export type TcpFaultProxy = {
  port: number;
  /** The given address by way of the proxy. */
  through: (url: string) => string;
  /** Delays what clients send. */
  delay: (ms: number) => void;
  /** Keeps all connections open, including new ones, and passes nothing on. */
  freeze: () => void;
  /** Passes nothing on over the present connections, ever, but accepts new ones, as after the failover of a lost machine. */
  abandon: () => void;
  /** Drops the present connections. */
  reset: () => void;
  /** Drops the present connections, and refuses new ones. */
  refuse: () => Promise<void>;
  /** Connects to another server from now on. */
  moveTo: (port: number) => void;
  heal: () => Promise<void>;
  close: () => Promise<void>;
};

type Pair = { client: Socket; isAbandoned: boolean };

export async function startTcpFaultProxy(targetPort: number): Promise<TcpFaultProxy> {
  const pairs = new Set<Pair>();
  let port = targetPort;
  let delayMs = 0;
  let isFrozen = false;
  let server: Server | null = null;

  const accept = (client: Socket) => {
    const pair = { client, isAbandoned: false };
    pairs.add(pair);
    const target = createConnection(port, '127.0.0.1').setNoDelay();
    client.setNoDelay();
    const pass = (from: Socket, to: Socket, isDelayed: boolean) =>
      from.on('data', (chunk: Buffer) => {
        const send = () => {
          if (!isFrozen && !pair.isAbandoned && !to.destroyed) to.write(chunk);
        };
        if (isDelayed && delayMs > 0) setTimeout(send, delayMs);
        else send();
      });
    pass(client, target, true);
    pass(target, client, false);
    target.on('error', () => undefined).on('close', () => pair.isAbandoned || client.destroy());
    client
      .on('error', () => undefined)
      .on('close', () => {
        pairs.delete(pair);
        target.destroy();
      });
  };
  const listen = async (at: number) => {
    server = createServer(accept).listen(at, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error("the proxy doesn't listen");
    return address.port;
  };
  const reset = () => {
    for (const { client } of pairs) client.resetAndDestroy();
  };
  const refuse = async () => {
    const open = server;
    server = null;
    const closed = open && once(open.close(), 'close');
    reset();
    await closed;
  };
  const ownPort = await listen(0);
  return {
    port: ownPort,
    through: (url) =>
      Object.assign(new URL(url), { port: String(ownPort), host: `127.0.0.1:${ownPort}`, search: '' }).href,
    delay: (ms) => void (delayMs = ms),
    freeze: () => void (isFrozen = true),
    abandon: () => {
      for (const pair of pairs) pair.isAbandoned = true;
    },
    reset,
    refuse,
    moveTo: (next) => void (port = next),
    heal: async () => {
      delayMs = 0;
      isFrozen = false;
      if (!server) await listen(ownPort);
    },
    close: refuse,
  };
}
