// Damaged blobs count as missing, so that the next push or pull through a mirror restores them.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { toWritable } from '#lib/blobs/to-writable.ts';
import { parseAddress } from '#lib/blobs/blob-address.ts';
import { openBytes, type BlobStore } from '#lib/blobs/blob-store.ts';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { describePause, isTooMany, type Amount } from '#lib/distribution/garbage/brake.ts';
import type { Damage } from './mark-damaged.ts';
import { countLinkedBlobs, listDueBlobs, saveCheck, type ScrubbedBlob } from './scrub-blobs.sql.ts';

const BATCH = 100;
const MAX_LISTED = 100;

type App = { pool: pg.Pool; blobs: BlobStore; log: Log };

export type ScrubOptions = {
  /** Blobs hashed after this time are skipped. */
  before: Date;
  bytesPerSecond: number;
  onProgress?: (scrubbed: Scrub) => void;
  /** An operator has confirmed marking more blobs than the brake allows. */
  isConfirmed?: boolean;
};

export type Scrub = {
  blobs: number;
  bytes: number;
  missing: number;
  corrupt: number;
  /** Skipped, because the key of their repository was revoked. */
  unreadable: number;
  /** Damaged before, and now intact. */
  repaired: number;
  /** At most MAX_LISTED entries. */
  damaged: { digest: string; damage: Damage }[];
  /** Why the run paused. Null: it didn't pause. */
  pause: string | null;
};

/**
 * Rehashes every linked blob that is due. Pauses before it marks more than a tenth of them, because then the store is
 * likelier at fault. An interrupted scrub resumes where it stopped, because each row records when it was hashed.
 */
export async function scrubBlobs(app: App, options: ScrubOptions): Promise<Scrub> {
  const scrub: Scrub = {
    blobs: 0,
    bytes: 0,
    missing: 0,
    corrupt: 0,
    unreadable: 0,
    repaired: 0,
    damaged: [],
    pause: null,
  };
  const storedCount = await countLinkedBlobs(app.pool);
  const isTooManyWith = (count: number) => options.isConfirmed !== true && isTooMany({ count, storedCount });
  const missing = await countMissing(app, options.before, isTooManyWith);
  if (missing !== null) return { ...scrub, pause: describe({ count: missing, storedCount }) };
  const startedAt = Date.now();
  /** Excludes blobs that were already marked. */
  let marked = 0;
  for (let after = '0'; ;) {
    const batch = await listDueBlobs(app.pool, { after, before: options.before, limit: BATCH });
    for (const row of batch) {
      const checked = await check(app, row.sha256);
      if (!checked) {
        scrub.unreadable += 1;
        continue;
      }
      const { damage, bytes } = checked;
      scrub.bytes += bytes;
      if (damage !== null && row.damage === null) marked += 1;
      if (isTooManyWith(marked)) return { ...scrub, pause: describe({ count: marked, storedCount }) };
      await settle(app, row, damage, scrub);
      const dueMs = (scrub.bytes / options.bytesPerSecond) * 1000;
      await sleep(Math.max(0, dueMs - (Date.now() - startedAt)));
    }
    const last = batch.at(-1);
    if (!last) return scrub;
    after = last.id;
    options.onProgress?.(scrub);
  }
}

function describe(amount: Amount): string {
  return `${describePause('This run would mark', amount)}To mark them anyway, run "npm run vitrine -- scrub --confirm".`;
}

/** Counts missing files before anything is marked. Returns null when the brake allows that many. */
async function countMissing(app: App, before: Date, isTooMany: (count: number) => boolean): Promise<number | null> {
  let count = 0;
  for (let after = '0'; ;) {
    const batch = await listDueBlobs(app.pool, { after, before, limit: BATCH });
    for (const { sha256, damage } of batch) {
      const key = parseAddress(sha256);
      const isMissing = key !== null && (await app.blobs.stat(key)) === null;
      if (isMissing && damage === null) count += 1;
    }
    const last = batch.at(-1);
    if (!last) return isTooMany(count) ? count : null;
    after = last.id;
  }
}

/** Resolves to null if the bytes can't be decrypted, which says nothing about them. */
async function check({ blobs }: App, address: string): Promise<{ damage: Damage | null; bytes: number } | null> {
  const key = parseAddress(address);
  const blob = key && (await openBytes(blobs, key, { isRaw: true }).catch(undefinedIfRevoked));
  if (blob === undefined) return null;
  if (!blob) return { damage: 'missing', bytes: 0 };
  try {
    const hash = createHash('sha256');
    const hasher = toWritable((chunk) => hash.update(chunk));
    await blob.copyTo(hasher, null);
    const actual: Digest = toDigest('sha256', hash.digest('hex'));
    return { damage: actual === key.sha256 ? null : 'corrupt', bytes: blob.sizeBytes };
  } catch (error) {
    // The store can't answer at the moment.
    if (isAppError(error) && error.retryAfterSeconds !== undefined) throw error;
    // Truncated during the read, or an unreadable sector.
    if (!isAppError(error) && !(error instanceof Error && 'code' in error)) throw error;
    return { damage: 'corrupt', bytes: blob.sizeBytes };
  } finally {
    await blob.close();
  }
}

/** Saves a result, unless the blob was pushed again or removed since it was read. */
async function settle({ pool, log }: App, row: ScrubbedBlob, damage: Damage | null, scrub: Scrub): Promise<void> {
  scrub.blobs += 1;
  if (!(await saveCheck(pool, row, damage))) return;
  if (damage === null) {
    if (row.damage !== null) scrub.repaired += 1;
    return;
  }
  log.error(
    { sha256: row.sha256, damage },
    'stored blob is missing or damaged, not serving it until it is pushed again',
  );
  scrub[damage] += 1;
  if (scrub.damaged.length < MAX_LISTED) scrub.damaged.push({ digest: row.sha256, damage });
}

function undefinedIfRevoked(error: unknown): undefined {
  if (isAppError(error) && error.code === 'key_refused') return undefined;
  throw error;
}
