// Keeps fetched images on disk, in files named by the hash of their address. Several processes may share the folder.
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '#lib/platform/errors.ts';

export type CachedImage = { bytes: Buffer; fetchedAt: Date };

export type ImageCacheOptions = { folder: string; maxBytes: number };

/** A full folder is emptied to this share, so that not every new image has to list it. */
const KEPT_SHARE = 0.8;
/** Bytes written between two looks at the folder's size. */
const CHECK_EVERY_BYTES = 16 * 1024 * 1024;

export class ImageCache {
  readonly #options: ImageCacheOptions;
  #uncheckedBytes = CHECK_EVERY_BYTES;

  constructor(options: ImageCacheOptions) {
    this.#options = options;
  }

  async read(url: string): Promise<CachedImage | null> {
    const path = this.#pathOf(url);
    try {
      const [bytes, { mtime }] = await Promise.all([readFile(path), stat(path)]);
      // The access time orders evictions. Many file systems don't keep it.
      await utimes(path, new Date(), mtime);
      return { bytes, fetchedAt: mtime };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async write(url: string, bytes: Buffer): Promise<void> {
    const path = this.#pathOf(url);
    const part = `${path}.${randomUUID()}.part`;
    await mkdir(this.#options.folder, { recursive: true });
    await writeFile(part, bytes);
    await rename(part, path);
    this.#uncheckedBytes += bytes.length;
    if (this.#uncheckedBytes < CHECK_EVERY_BYTES) return;
    this.#uncheckedBytes = 0;
    await this.#evict();
  }

  /** Removes the images that were least recently shown. */
  async #evict(): Promise<void> {
    const { folder, maxBytes } = this.#options;
    const files = (await Promise.all((await readdir(folder)).map((name) => look(join(folder, name))))).flat();
    let total = files.reduce((sum, { size }) => sum + size, 0);
    if (total <= maxBytes) return;
    files.sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const { path, size } of files) {
      if (total <= maxBytes * KEPT_SHARE) return;
      await rm(path, { force: true });
      total -= size;
    }
  }

  #pathOf(url: string): string {
    return join(this.#options.folder, createHash('sha256').update(url).digest('hex'));
  }
}

type Looked = { path: string; size: number; usedAtMs: number };

/** Empty for a file that another process has removed. */
async function look(path: string): Promise<Looked[]> {
  try {
    const { size, atimeMs } = await stat(path);
    return [{ path, size, usedAtMs: atimeMs }];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}
