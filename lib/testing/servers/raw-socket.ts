// A byte-level connection, for requests that no HTTP client sends and responses that it would hide.
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 10_000;
const LOOK_MS = 10;

export type RawSocket = {
  send: (...parts: (string | Buffer)[]) => void;
  /** Ignores responses until everything is sent. Rejects if the connection is reset first. */
  sendAll: (bytes: Buffer) => Promise<void>;
  /**
   * Resolves with everything received, as Latin-1, once it matches `pattern`. Rejects if the connection is reset first.
   */
  waitFor: (pattern: RegExp) => Promise<string>;
  isClosed: () => boolean;
  close: () => void;
};

export async function openRawSocket(url: string): Promise<RawSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = '';
  let failure: Error | null = null;
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  socket.on('error', (error) => (failure = error));
  await once(socket, 'connect');
  return {
    send: (...parts) => {
      for (const part of parts) if (!socket.destroyed) socket.write(part);
    },
    sendAll: async (bytes) => {
      socket.pause();
      await new Promise<void>((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
      socket.resume();
    },
    waitFor: async (pattern) => {
      const endsAt = Date.now() + WAIT_MS;
      while (!pattern.test(received)) {
        const problem =
          failure ?? (Date.now() > endsAt || socket.closed ? new Error(`Not received. Got: ${received}`) : null);
        if (problem) throw problem;
        await sleep(LOOK_MS);
      }
      return received;
    },
    isClosed: () => socket.closed,
    close: () => socket.destroy(),
  };
}
