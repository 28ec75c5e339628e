// The worker thread of offload.ts.
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { ThreadMessage } from './offload.ts';

const LOW_PRIORITY = 10;

type Script = { run: (input: unknown) => unknown };

// Linux applies the priority to this thread only. Elsewhere it would apply to the whole process.
if (process.platform === 'linux') setPriority(LOW_PRIORITY);
const send = (message: ThreadMessage) => parentPort?.postMessage(message);
parentPort?.on('message', ({ script, input }: { script: string; input: unknown }) => {
  void answer(script, input).then(send);
});

async function answer(script: string, input: unknown): Promise<ThreadMessage> {
  try {
    const { run } = (await import(script)) as Script;
    send({ kind: 'loaded' });
    return { kind: 'done', value: await run(input) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
