// Reads every stored blob again and hashes it. What is not what its digest says is served to nobody any more: to clients it is not
// there, so that the next push, or the next pull through a mirror, brings it back.
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { openBytes, siteBlob, type BlobStore } from '#lib/blobs/blob-store.ts';
import { isDigest, toDigest, type Digest } from '#lib/oci/digest.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import { describePause, isTooMany, type Amount } from '#lib/distribution/garbage/brake.ts';
import type { Damage } from './mark-damaged.ts';
import { countLinkedBlobs, listDueBlobs, saveCheck, type ScrubbedBlob } from './scrub-blobs.sql.ts';

const BATCH = 100;
const MAX_LISTED = 100;

type App = { pool: pg.Pool; blobs: BlobStore; log: Log };

export type ScrubOptions = {
  /** Those that were hashed after then are taken to be right still. */
  before: Date;
  bytesPerSecond: number;
  onProgress?: (scrubbed: Scrub) => void;
  /** An operator has confirmed that more than the brake allows may be marked. */
  isConfirmed?: boolean;
};

export type Scrub = {
  blobs: number;
  bytes: number;
  missing: number;
  corrupt: number;
  /** Found right again. */
  repaired: number;
  /** The first so many. */
  damaged: { digest: string; damage: Damage }[];
  /** Why it stopped; null: it didn't stop. */
  pause: string | null;
};

/**
 * Stops before it marks more than a tenth of all blobs, because then the store is wrong rather than the blobs. When it is stopped, the next
 * one goes on with those it had not come to: each blob's row tells when it was hashed.
 */
export async function scrubBlobs(app: App, options: ScrubOptions): Promise<Scrub> {
  const scrub: Scrub = { blobs: 0, bytes: 0, missing: 0, corrupt: 0, repaired: 0, damaged: [], pause: null };
  const storedCount = await countLinkedBlobs(app.pool);
  const isTooManyWith = (count: number) => options.isConfirmed !== true && isTooMany({ count, storedCount });
  const missing = await countMissing(app, options.before, isTooManyWith);
  if (missing !== null) return { ...scrub, pause: describe({ count: missing, storedCount }) };
  const startedAt = Date.now();
  /** Those that were marked before don't count. */
  let marked = 0;
  for (let after = '0'; ;) {
    const batch = await listDueBlobs(app.pool, { after, before: options.before, limit: BATCH });
    for (const row of batch) {
      const { damage, bytes } = await check(app, row.sha256);
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

/** Counts missing files before anything is marked. Null: no more than the brake allows. */
async function countMissing(app: App, before: Date, isTooMany: (count: number) => boolean): Promise<number | null> {
  let count = 0;
  for (let after = '0'; ;) {
    const batch = await listDueBlobs(app.pool, { after, before, limit: BATCH });
    for (const { sha256, damage } of batch) {
      const isMissing = isDigest(sha256) && (await app.blobs.stat(siteBlob(sha256))) === null;
      if (isMissing && damage === null) count += 1;
    }
    const last = batch.at(-1);
    if (!last) return isTooMany(count) ? count : null;
    after = last.id;
  }
}

async function check({ blobs }: App, sha256: string): Promise<{ damage: Damage | null; bytes: number }> {
  const blob = isDigest(sha256) ? await openBytes(blobs, siteBlob(sha256), { isRaw: true }) : null;
  if (!blob) return { damage: 'missing', bytes: 0 };
  try {
    const hash = createHash('sha256');
    const hasher = new Writable({
      write(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done();
      },
    });
    await blob.copyTo(hasher, null);
    const actual: Digest = toDigest('sha256', hash.digest('hex'));
    return { damage: actual === sha256 ? null : 'corrupt', bytes: blob.sizeBytes };
  } catch (error) {
    // Cut short while it was read, or a sector that can't be read.
    if (!isAppError(error) && !(error instanceof Error && 'code' in error)) throw error;
    return { damage: 'corrupt', bytes: blob.sizeBytes };
  } finally {
    await blob.close();
  }
}

/** Not when it was pushed again or removed meanwhile: then what was read is not what is there now. */
async function settle({ pool, log }: App, row: ScrubbedBlob, damage: Damage | null, scrub: Scrub): Promise<void> {
  scrub.blobs += 1;
  if (!(await saveCheck(pool, row, damage))) return;
  if (damage === null) {
    if (row.damage !== null) scrub.repaired += 1;
    return;
  }
  log.error(
    { sha256: row.sha256, damage },
    'a stored blob is missing or damaged: it is served to nobody until it is pushed again',
  );
  scrub[damage] += 1;
  if (scrub.damaged.length < MAX_LISTED) scrub.damaged.push({ digest: row.sha256, damage });
}
