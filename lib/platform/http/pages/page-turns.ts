// Bounds how many pages are made at a time. Each keeps the event loop busy for some milliseconds, and pulls wait behind all that
// are under way at once.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextPhase, setTimeout as sleep } from 'node:timers/promises';
import { FairTurns, type FairTurnsOptions } from '#lib/platform/concurrency/fair-turns.ts';
import { networkOf } from '#lib/platform/http/client-network.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';

export type PageHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export type PageTurnsOptions = FairTurnsOptions & {
  /** After that a page waits for something other than the event loop: a layer, an upstream, a slow client. */
  maxHoldMs: number;
};

export const PAGE_TURNS: PageTurnsOptions = {
  atATime: 2,
  atATimePerKey: 1,
  maxWaitingPerKey: 60,
  maxWaiting: 300,
  maxHoldMs: 500,
};

/** Read off the disk as they are. */
const FILES = /^\/_next\/static\//;

/**
 * Has `handle` wait for its turn, by the client's network.
 * @throws AppError `rate_limited` from the handler, when too many requests of this network, or of all, wait already
 */
export function inPageTurns(handle: PageHandler, options = PAGE_TURNS): PageHandler {
  const turns = new FairTurns(options);
  return async (req, res) => {
    if (FILES.test(req.url ?? '')) return handle(req, res);
    let made: Promise<void> | undefined;
    await turns.run(networkOf(readClientAddress(req) ?? ''), async () => {
      await letOthersGo();
      if (res.destroyed || res.closed) return;
      made = handle(req, res);
      const given = new AbortController();
      const settled = made.catch(() => undefined);
      await Promise.race([
        settled,
        sleep(options.maxHoldMs, undefined, { signal: given.signal }).catch(() => undefined),
      ]);
      given.abort();
    });
    await made;
  };
}

/** Until whatever has come meanwhile was looked at: the first phase may be that of the poll under way. */
async function letOthersGo(): Promise<void> {
  await nextPhase();
  await nextPhase();
}
