// A connection that sends data as slowly as a test wants.
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export type SlowSocket = {
  socket: Socket;
  /** Everything received, as Latin-1. */
  received: () => string;
  /** Resolves when the server has closed the connection. */
  closed: Promise<void>;
  write: (bytes: string | Buffer) => void;
  /** Sends `text` repeatedly, up to `times`. False if the server closes the connection first. */
  drip: (text: string, everyMs: number, times: number) => Promise<boolean>;
};

export async function openSlowSocket(url: string): Promise<SlowSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  // Writing after the server has closed fails, which `closed` reports.
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  await once(socket, 'connect');
  const write = (piece: string | Buffer) => {
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  };
  const drip = async (piece: string, everyMs: number, times: number) => {
    for (let i = 0; i < times; i += 1) {
      if (socket.destroyed || socket.readableEnded) return false;
      write(piece);
      await sleep(everyMs);
    }
    return !socket.destroyed && !socket.readableEnded;
  };
  return { socket, received: () => text, closed, write, drip };
}
