// Enforces registry quotas on pushes. Doesn't count registries without a quota.
import type { KeyScope } from '#lib/platform/key-scope.ts';
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
/** Replicas notice each other's pushes with at most this delay. */
const REREAD_MS = 2_000;
/** Requests may end during a count, which then has to be repeated. */
const MAX_READS = 5;
const REREAD_PAUSE_MS = 50;

type App = { pool: pg.Pool; config: Pick<PublisherConfig, 'registryQuotaBytes'> };

/** A registry's usage: the rows as last read, and what this process has claimed since. */
type Usage = {
  rowsBytes: number;
  readAtMs: number;
  /** Claimed by running requests. */
  comingBytes: number;
  /** Claimed by all ended requests, and how much of it the last read included. */
  endedBytes: number;
  endedBytesRead: number;
};

export type KeyedDigest = { digest: Digest; scope: KeyScope };

/** The quota claimed by one request. */
export type QuotaClaim = {
  /**
   * Claims quota for bytes before they are stored. Reads the rows again before it refuses.
   * @throws AppError `quota_exceeded`
   */
  take: (bytes: number) => Promise<void>;
  /** Ends the claim. `isKept`: rows now account for its bytes. */
  end: (isKept: boolean) => void;
};

export class RegistryQuotas {
  readonly #app: App;
  readonly #usages = new LRUCache<bigint, Usage>({ max: MAX_REGISTRIES });

  constructor(app: App) {
    this.#app = app;
  }

  /** Opens a claim. Null: no quota. If `blob` is known, one that the registry already has under that key is free. */
  open({ registryKey, quotaBytes }: RegistryQuota, blob: KeyedDigest | null): QuotaClaim | null {
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
      const counted = blob && (await findCountedBlob(this.#app, { registryKey, ...blob }));
      freeBytes = (counted ?? 0) - takenBytes - bytes;
      return freeBytes >= 0;
    };
    const takeAfresh = async (bytes: number) => {
      for (let reads = 1; ; reads += 1) {
        const isExact = await this.#read(registryKey, usage);
        if (tryTake(bytes) || (await takeFree(bytes))) return;
        // Rows may already include a request that is about to end. Its bytes then count twice.
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

  /**
   * Checks that the bytes fit, without claiming quota.
   * @throws AppError `quota_exceeded`
   */
  async require(quota: RegistryQuota, bytes: number, blob: KeyedDigest): Promise<void> {
    const claim = bytes > 0 ? this.open(quota, blob) : null;
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

  /** False: requests ended during the read, and their bytes may count twice. */
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
