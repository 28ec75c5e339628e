// Limits how many pages render concurrently. Each blocks the event loop for some milliseconds, which delays pulls.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextPhase, setTimeout as sleep } from 'node:timers/promises';
import { FairLimiter, type FairLimiterOptions } from '#lib/platform/concurrency/fair-limiter.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';

export type PageHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export type PageQueueOptions = FairLimiterOptions & {
  /** After this time a page is probably waiting for I/O, so it releases its slot. */
  maxHoldMs: number;
};

export const PAGE_QUEUE: PageQueueOptions = {
  atATime: 2,
  atATimePerKey: 1,
  maxWaitingPerKey: 60,
  maxWaiting: 300,
  maxHoldMs: 500,
};

/** Static files, which need no rendering. */
const FILES = /^\/_next\/static\//;

/**
 * Queues requests for `handle`, fairly by client network.
 * @throws AppError `rate_limited` from the handler if too many requests of this network, or in total, are waiting
 */
export function queuePages(handle: PageHandler, options = PAGE_QUEUE): PageHandler {
  const turns = new FairLimiter(options);
  return async (req, res) => {
    if (FILES.test(req.url ?? '')) return handle(req, res);
    let rendering: Promise<void> | undefined;
    await turns.run(networkOf(readClientAddress(req) ?? ''), async () => {
      await yieldToOthers();
      if (res.destroyed || res.closed) return;
      rendering = handle(req, res);
      const timer = new AbortController();
      const settled = rendering.catch(() => undefined);
      await Promise.race([
        settled,
        sleep(options.maxHoldMs, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
    });
    await rendering;
  };
}

/** Lets the event loop process requests that arrived in the meantime. The first phase may belong to the current poll. */
async function yieldToOthers(): Promise<void> {
  await nextPhase();
  await nextPhase();
}
