// Remembers the sizes of images that this site has served for publishers' texts, so that a page reserves their space.
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type pg from 'pg';
import type { Log } from '#lib/platform/log.ts';
import { deleteImageSize, readImageSizes, saveImageSize } from './image-sizes.sql.ts';
import { measureImage, type ImageSize } from './measure-image.ts';

const MAX_CACHED = 20_000;
/** Another process may measure a badge anew. */
const CACHED_MS = 10 * 60_000;
/** A page shows more images than this only to fill the database. */
const MAX_READ = 500;
const DAY_MS = 86_400_000;
/** The paths of images that this site serves for texts. */
const SERVED = /^\/api\/(?:images|badge)\//;

type CachedSize = {
  /** Null if the image was never served or has no usable size. */
  size: ImageSize | null;
  /** Null if it hasn't been measured by this process. */
  bytes: number | null;
  writtenAt: number;
};

type Parts = { pool: pg.Pool; log: Log };

export class ImageSizes {
  readonly #parts: Parts;
  readonly #cached = new LRUCache<string, CachedSize>({ max: MAX_CACHED, ttl: CACHED_MS });

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param path of the image on this site, as rendered HTML has it. Only one per image, because each takes a row. */
  async remember(path: string, { bytes, type }: { bytes: Buffer; type: string }): Promise<void> {
    const cached = this.#cached.get(path);
    // Most images are served again unchanged. A badge may change and keep its length.
    if (type !== 'image/svg+xml' && cached?.bytes === bytes.length) return;
    const size = await measureImage(bytes, type);
    const isWritten = cached !== undefined && isSameSize(cached.size, size) && Date.now() - cached.writtenAt < DAY_MS;
    const writtenAt = isWritten ? cached.writtenAt : Date.now();
    this.#cached.set(path, { size, bytes: bytes.length, writtenAt });
    if (!isWritten) await this.#write(path, size);
  }

  /** Adds known sizes to the images of rendered Markdown, which escapes quotes in attributes. */
  async addTo(html: string): Promise<string> {
    const paths = new Set(Array.from(html.matchAll(IMAGE), ([image]) => readPath(image)));
    await this.#read([...paths].filter((path) => SERVED.test(path) && !this.#cached.has(path)));
    return html.replace(IMAGE, (image) => {
      const size = this.#cached.get(readPath(image))?.size;
      if (!size || / (?:width|height|srcset)="/.test(image)) return image;
      return `${image} width="${size.width}" height="${size.height}"`;
    });
  }

  async #read(paths: string[]): Promise<void> {
    if (paths.length === 0) return;
    const pathOf = new Map(paths.slice(0, MAX_READ).map((path) => [hashPath(path).toString('hex'), path]));
    const { pool } = this.#parts;
    const hashes = [...pathOf.values()].map(hashPath);
    const rows = await readImageSizes(pool, hashes).catch((error: unknown) => this.#warn(error));
    if (!rows) return;
    for (const { pathHash, width, height, servedAt } of rows) {
      const path = pathOf.get(pathHash.toString('hex'));
      if (path === undefined) continue;
      this.#cached.set(path, { size: { width, height }, bytes: null, writtenAt: servedAt.getTime() });
      pathOf.delete(pathHash.toString('hex'));
    }
    for (const path of pathOf.values()) this.#cached.set(path, { size: null, bytes: null, writtenAt: 0 });
  }

  async #write(path: string, size: ImageSize | null): Promise<void> {
    const { pool } = this.#parts;
    const pathHash = hashPath(path);
    const written = size ? saveImageSize(pool, { pathHash, ...size }) : deleteImageSize(pool, pathHash);
    await written.catch((error: unknown) => this.#warn(error));
  }

  /** Without the database, images are shown all the same. */
  #warn(error: unknown): null {
    this.#parts.log.warn({ err: error }, "sizes of images couldn't be read or stored");
    return null;
  }
}

const IMAGE = /<img (?:[^"<>]+="[^"]*")+/g;

function readPath(image: string): string {
  return / src="([^"]*)"/.exec(image)?.[1] ?? '';
}

function hashPath(path: string): Buffer {
  return hash('sha256', path, 'buffer');
}

function isSameSize(one: ImageSize | null, other: ImageSize | null): boolean {
  return one?.width === other?.width && one?.height === other?.height;
}
