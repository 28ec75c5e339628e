import type { ChildProcess } from 'node:child_process';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const ATTEMPTS = 400;

/** Waits until a started server accepts connections. Rejects when it exits or takes too long. */
export async function untilListening(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; !(await canConnect(port)); attempt += 1) {
    if (attempt === ATTEMPTS || child.exitCode !== null) throw new Error(`${child.spawnfile} did not start.`);
    await sleep(50);
  }
}

function canConnect(port: number): Promise<boolean> {
  const socket = createConnection(port, '127.0.0.1');
  return new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
