// Holds pushes to the quota of their registry. Nothing is counted for registries without one.
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import { findCountedBlob, readRegistryUsage } from '#lib/publishers/registry-quota.sql.ts';
import { resolveQuota, type RegistryQuota } from '#lib/publishers/registry-quota.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { formatByteSize } from '#lib/platform/config/byte-size.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import { AppError } from '#lib/platform/errors.ts';

const MAX_REGISTRIES = 10_000;
/** Replicas learn of each other's pushes this late. */
const REREAD_MS = 2_000;
/** Other requests of the registry end while it is counted: then it is counted again. */
const MAX_READS = 5;
const REREAD_PAUSE_MS = 50;

type App = { pool: pg.Pool; config: Pick<PublisherConfig, 'registryQuotaBytes'> };

/** What a registry uses: rows as they were last read, and what this process has taken beside them. */
type Usage = {
  rowsBytes: number;
  readAtMs: number;
  /** Of requests that still run. */
  comingBytes: number;
  /** Of requests that have ended, ever, and how much of that was in the rows when they were read. */
  endedBytes: number;
  endedBytesRead: number;
};

/** The bytes of one request. */
export type QuotaClaim = {
  /** Takes room for bytes before they are stored. @throws AppError `quota_exceeded`, after it has read the rows again */
  take: (bytes: number) => Promise<void>;
  /** Ends the request. `isKept`: from now on rows account for its bytes. */
  end: (isKept: boolean) => void;
};

export class RegistryQuotas {
  readonly #app: App;
  readonly #usages = new LRUCache<bigint, Usage>({ max: MAX_REGISTRIES });

  constructor(app: App) {
    this.#app = app;
  }

  /** Null: there is no limit. `digest`: what comes, if that is known; a blob that the registry has needs no room. */
  open({ registryKey, quotaBytes }: RegistryQuota, digest: Digest | null): QuotaClaim | null {
    const limitBytes = resolveQuota(this.#app.config, quotaBytes);
    if (limitBytes === null) return null;
    const usage = this.#usageOf(registryKey);
    let takenBytes = 0;
    const tryTake = (bytes: number) => {
      if (usedBytes(usage) + bytes > limitBytes) return false;
      usage.comingBytes += bytes;
      takenBytes += bytes;
      return true;
    };
    let freeBytes = 0;
    const takeFree = async (bytes: number) => {
      const counted = digest && (await findCountedBlob(this.#app, { registryKey, digest }));
      freeBytes = (counted ?? 0) - takenBytes - bytes;
      return freeBytes >= 0;
    };
    const takeAfresh = async (bytes: number) => {
      for (let reads = 1; ; reads += 1) {
        const isExact = await this.#read(registryKey, usage);
        if (tryTake(bytes) || (await takeFree(bytes))) return;
        // Rows may tell already of a request that is about to end, and then its bytes count twice.
        const othersBytes = usage.comingBytes - takenBytes;
        const mayFit = usedBytes(usage) - othersBytes + bytes <= limitBytes;
        if ((isExact && !mayFit) || reads === MAX_READS) throw exceeded(usedBytes(usage), limitBytes);
        if (isExact) await sleep(REREAD_PAUSE_MS);
      }
    };
    return {
      take: async (bytes) => {
        if (bytes <= freeBytes) {
          freeBytes -= bytes;
          return;
        }
        const isFresh = performance.now() - usage.readAtMs < REREAD_MS;
        if (!isFresh || !tryTake(bytes)) await takeAfresh(bytes);
      },
      end: (isKept) => {
        usage.comingBytes -= takenBytes;
        if (isKept) usage.endedBytes += takenBytes;
        takenBytes = 0;
      },
    };
  }

  /** Whether so many bytes have room, without taking it. @throws AppError `quota_exceeded` */
  async require(quota: RegistryQuota, bytes: number, digest: Digest): Promise<void> {
    const claim = bytes > 0 ? this.open(quota, digest) : null;
    if (!claim) return;
    try {
      await claim.take(bytes);
    } finally {
      claim.end(false);
    }
  }

  #usageOf(registryKey: bigint): Usage {
    const known = this.#usages.get(registryKey);
    if (known) return known;
    const usage = { rowsBytes: 0, readAtMs: -Infinity, comingBytes: 0, endedBytes: 0, endedBytesRead: 0 };
    this.#usages.set(registryKey, usage);
    return usage;
  }

  /** False: requests ended meanwhile, and what they brought may count twice. */
  async #read(registryKey: bigint, usage: Usage): Promise<boolean> {
    const { endedBytes } = usage;
    const { storedBytes, stagedBytes } = await readRegistryUsage(this.#app, registryKey);
    usage.rowsBytes = storedBytes + stagedBytes;
    usage.endedBytesRead = endedBytes;
    usage.readAtMs = performance.now();
    return usage.endedBytes === endedBytes;
  }
}

function usedBytes({ rowsBytes, comingBytes, endedBytes, endedBytesRead }: Usage): number {
  return rowsBytes + comingBytes + endedBytes - endedBytesRead;
}

function exceeded(used: number, quota: number): AppError {
  const what = `This registry uses ${formatByteSize(used)} of its ${formatByteSize(quota)} quota, so the upload doesn't fit.`;
  const next = 'Delete images, which count until they can no longer be restored, or ask an admin for a larger quota.';
  return new AppError('quota_exceeded', `${what} ${next}`);
}
