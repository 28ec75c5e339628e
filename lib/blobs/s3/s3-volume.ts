import { type DiskSpace } from '#lib/blobs/disk/disk-space.ts';
import type { StoreSpace, Volume } from '#lib/blobs/volume.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { readSmallObject } from './read-small-object.ts';
import type { Bucket } from './bucket.ts';
import { BLOBS_FOLDER, PROBE_KEY, SITE_KEY } from './object-keys.ts';

/** Every missing blob asks for the site, and every probe for a write. */
const CHECKED_FOR_MS = 5_000;
const PROBE = Buffer.from('Vitrine checks that it can write.\n');

/** A bucket. It has no limit of its own. The local disk holds the embedded database and spooled blobs. */
export class S3Volume implements Volume {
  readonly name: string;
  readonly #bucket: Bucket;
  readonly #disk: DiskSpace;
  #siteId: string | null = null;
  #siteCheckedAtMs = -Infinity;
  #writing: { atMs: number; problem: Promise<string | null> } | null = null;

  constructor(bucket: Bucket, disk: DiskSpace) {
    this.name = `the bucket ${bucket.name}`;
    this.#bucket = bucket;
    this.#disk = disk;
  }

  requireRoom(): void {
    // The bucket reports when it is full.
  }

  claimRoom(): void {
    // As above.
  }

  readSpace(): StoreSpace | null {
    try {
      return this.#disk.read();
    } catch {
      return null;
    }
  }

  async readSiteId(): Promise<string | null> {
    const bytes = await readSmallObject(this.#bucket, SITE_KEY);
    return bytes?.toString('utf8').trim() || null;
  }

  hasBlobs(): Promise<boolean> {
    return this.#bucket.hasObjects(BLOBS_FOLDER);
  }

  async joinSite(siteId: string, { isForced = false }: { isForced?: boolean } = {}): Promise<void> {
    if (isForced || (await this.readSiteId()) === null) {
      await this.#bucket.put(SITE_KEY, Buffer.from(`${siteId}\n`), { isOnce: !isForced });
    }
    this.#siteId = siteId;
  }

  async requireSite(): Promise<void> {
    if (this.#siteId === null || performance.now() - this.#siteCheckedAtMs < CHECKED_FOR_MS) return;
    if ((await this.readSiteId()) !== this.#siteId) {
      throw new AppError('unavailable', 'The blob store is missing, or belongs to another site. Check the bucket.');
    }
    this.#siteCheckedAtMs = performance.now();
  }

  findWriteProblem(): Promise<string | null> {
    const isFresh = this.#writing !== null && performance.now() - this.#writing.atMs < CHECKED_FOR_MS;
    if (!this.#writing || !isFresh) this.#writing = { atMs: performance.now(), problem: this.#tryToWrite() };
    return this.#writing.problem;
  }

  async #tryToWrite(): Promise<string | null> {
    try {
      await this.#bucket.put(PROBE_KEY, PROBE);
      return null;
    } catch (error) {
      return isAppError(error) ? error.message : String(error);
    }
  }

  async requireWritable(): Promise<void> {
    const problem = await this.findWriteProblem();
    if (problem !== null) throw new AppError('unavailable', problem);
  }

  async requireReadable(): Promise<void> {
    await this.#bucket.head(SITE_KEY);
  }

  close(): void {
    this.#bucket.close();
  }
}
