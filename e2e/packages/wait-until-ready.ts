import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 180_000;
const POLL_MS = 500;

export type ReadySite = { output: () => string; exitCode: Promise<number | null> };

/** Waits for /readyz of the site that `child` runs. Throws with its output if it ends or isn't ready in three minutes. */
export async function waitUntilReady(child: ChildProcess, url: string): Promise<ReadySite> {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exitCode = once(child, 'exit').then(([code]) => code as number | null);
  for (const endMs = performance.now() + TIMEOUT_MS; ; await sleep(POLL_MS)) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return { output: () => output, exitCode };
    if (performance.now() > endMs || child.exitCode !== null) throw new Error(`${url} isn't ready:\n${output}`);
  }
}
