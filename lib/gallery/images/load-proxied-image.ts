// Fetches images of publishers' texts, so that no other site learns who reads a page. Addresses and contents are untrusted.
import { LRUCache } from 'lru-cache';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import { SingleFlight } from '#lib/platform/concurrency/single-flight.ts';
import { createClientLimit, type ClientLimit, type CountPeers } from '#lib/platform/http/client-limit.ts';
import type { Log } from '#lib/platform/log.ts';
import type { UpstreamClient } from '#lib/upstream/client/upstream-client.ts';
import { detectImage } from './detect-image.ts';
import { ImageCache, type CachedImage, type ImageCacheOptions } from './image-cache.ts';

const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 10_000;
/** Badges change, and their addresses don't. */
const FRESH_MS = 4 * 3_600_000;
const FAILURE_TTL_MS = 10 * 60_000;
const MAX_FAILURES = 5_000;
const TURNS = { atATime: 16, atATimePerKey: 4, maxWaitingPerKey: 32, maxWaiting: 200 };
/** Images that one client may cause to be fetched. A page has a few dozen. */
const FETCHES = { limit: 600, windowSeconds: 3_600 };
const MAX_CACHE_BYTES = 512 * 1024 * 1024;

export type ProxiedImage = { bytes: Buffer; type: string };

export type ImageProxy = {
  /**
   * Returns an image from the cache or from its own site. Null when that has none that can be shown.
   * @param client the address of the visitor, who may cause a limited number of fetches
   * @throws AppError `rate_limited`
   */
  load: (url: URL, client: string | null) => Promise<ProxiedImage | null>;
};

type ImageProxyParts = {
  client: Pick<UpstreamClient, 'fetchFile'>;
  log: Log;
  folder: string;
  unlimitedNetworks: string[];
  /** Other processes that count the same visitors. */
  peers?: CountPeers | null;
  maxBytes?: ImageCacheOptions['maxBytes'];
  now?: () => number;
};

export function createImageProxy(parts: ImageProxyParts): ImageProxy {
  const { client, log, folder, unlimitedNetworks, peers = null, maxBytes = MAX_CACHE_BYTES, now = Date.now } = parts;
  const cache = new ImageCache({ folder, maxBytes });
  const turns = new FairLimiter(TURNS);
  const flights = new SingleFlight<Buffer | null>();
  const failures = new LRUCache<string, true>({ max: MAX_FAILURES, ttl: FAILURE_TTL_MS });
  const limit = createClientLimit({ ...FETCHES, unlimitedNetworks, peers });

  // A full or read-only disk costs only the cache.
  const warn = (error: unknown): null => {
    log.warn({ err: error }, 'the cache of images failed');
    return null;
  };
  const fetchNew = async (url: URL): Promise<Buffer | null> => {
    const bytes = await turns.run(url.host, () => fetchImage(client, url));
    if (bytes === null) failures.set(url.href, true);
    else await cache.write(url.href, bytes).catch(warn);
    return bytes;
  };

  return {
    load: async (url, visitor) => {
      const cached = await cache.read(url.href).catch(warn);
      if (cached && now() - cached.fetchedAt.getTime() < FRESH_MS) return toImage(cached);
      if (failures.has(url.href)) return cached && toImage(cached);
      if (!flights.has(url.href)) requireAllowed(limit, visitor);
      const bytes = await flights.run(url.href, () => fetchNew(url));
      return toImage(bytes ? { bytes } : cached);
    },
  };
}

function requireAllowed(limit: ClientLimit, visitor: string | null): void {
  const { isAllowed, quota } = limit.take(visitor);
  if (isAllowed) return;
  const retryAfterSeconds = quota?.resetSeconds ?? 1;
  throw new AppError('rate_limited', 'Too many images. Try again later.', { retryAfterSeconds });
}

/** Null for whatever can't be fetched or isn't an image. */
async function fetchImage(client: ImageProxyParts['client'], url: URL): Promise<Buffer | null> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  try {
    const bytes = await client.fetchFile({ url, maxBytes: MAX_IMAGE_BYTES, signal });
    return bytes && detectImage(bytes) !== null ? bytes : null;
  } catch (error) {
    if (isAppError(error) || signal.aborted) return null;
    throw error;
  }
}

function toImage(image: Pick<CachedImage, 'bytes'> | null): ProxiedImage | null {
  const type = image && detectImage(image.bytes);
  return image && type !== null ? { bytes: image.bytes, type } : null;
}
