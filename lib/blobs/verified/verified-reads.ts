// Bytes that a disk has changed are never given as a whole: the first to read all of a blob has it hashed meanwhile.
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import type { ByteRange } from '#lib/oci/range.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';

/** Given only once the digest was found right: until then no reader has a whole blob. */
const HELD_BACK_BYTES = 64 * 1024;
const VERIFIED_FOR_MS = 24 * 60 * 60 * 1000;
const MAX_REMEMBERED = 20_000;

/** A blob as it is stored now. `version` changes when somebody writes to it or puts another in its place. */
export type StoredBytes = { sha256: Digest; version: string };

/** Told of a blob whose bytes are wrong. `isStillSo`: whether those are still the ones that are stored. Never rejects. */
export type OnDamage = (found: { sha256: Digest; isStillSo: () => Promise<boolean> }) => Promise<void>;

/** One look at all bytes, for everybody who reads them meanwhile. */
type Pass = { readers: number; end: Promise<void>; stop: () => void };

export class VerifiedReads {
  readonly #onDamage: OnDamage;
  /** The version that was found right. */
  readonly #right = new LRUCache<Digest, string>({ max: MAX_REMEMBERED, ttl: VERIFIED_FOR_MS });
  readonly #wrong = new LRUCache<Digest, string>({ max: MAX_REMEMBERED });
  readonly #passes = new Map<string, Pass>();

  constructor(onDamage: OnDamage) {
    this.#onDamage = onDamage;
  }

  /** Bytes that were hashed as they came. */
  remember({ sha256, version }: StoredBytes): void {
    this.#right.set(sha256, version);
  }

  isKnownRight({ sha256, version }: StoredBytes): boolean {
    return this.#right.get(sha256) === version;
  }

  /** `readVersion` is asked only of what was ever found wrong. */
  isKnownWrong(sha256: Digest, readVersion: () => string): boolean {
    const wrong = this.#wrong.get(sha256);
    return wrong !== undefined && wrong === readVersion();
  }

  /** `readVersion`: of what is stored at that moment, null for nothing. */
  guard(stored: StoredBytes, blob: OpenBlob, readVersion: () => Promise<string | null>): OpenBlob {
    let ownPass: Pass | null = null;
    const start = () => (ownPass = this.#startPass(stored, blob, readVersion));
    return {
      sizeBytes: blob.sizeBytes,
      copyTo: async (destination, range) => {
        if (!isWhole(blob, range) || this.isKnownRight(stored)) {
          return blob.copyTo(destination, range);
        }
        const pass = this.#passes.get(keyOf(stored)) ?? start();
        pass.readers += 1;
        try {
          await copyWhenRight(blob, destination, pass.end);
        } finally {
          pass.readers -= 1;
          if (pass.readers === 0) pass.stop();
        }
      },
      close: async () => {
        await ownPass?.end.catch(() => undefined);
        await blob.close();
      },
    };
  }

  #startPass(stored: StoredBytes, blob: OpenBlob, readVersion: () => Promise<string | null>): Pass {
    const hash = createHash('sha256');
    const hasher = new Writable({
      write(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        // A turn for everybody else between two parts of a large blob.
        setImmediate(done);
      },
    });
    const look = async () => {
      await blob.copyTo(hasher, null);
      if (toDigest('sha256', hash.digest('hex')) === stored.sha256) return this.remember(stored);
      this.#wrong.set(stored.sha256, stored.version);
      const isStillSo = async () => (await readVersion()) === stored.version;
      await this.#onDamage({ sha256: stored.sha256, isStillSo });
      throw new AppError('blob_not_found', 'The stored bytes of this blob are damaged.');
    };
    const key = keyOf(stored);
    const leave = () => {
      if (this.#passes.get(key) === pass) this.#passes.delete(key);
    };
    const stop = () => {
      leave();
      hasher.destroy();
    };
    const pass: Pass = { readers: 0, end: look().finally(leave), stop };
    // Who reads is told; when nobody does any more, nobody needs to be.
    pass.end.catch(() => undefined);
    this.#passes.set(key, pass);
    return pass;
  }
}

function isWhole({ sizeBytes }: OpenBlob, range: ByteRange | null): boolean {
  return range === null || (range.start === 0 && range.end === sizeBytes - 1);
}

function keyOf({ sha256, version }: StoredBytes): string {
  return `${sha256} ${version}`;
}

async function copyWhenRight(blob: OpenBlob, destination: Writable, isRight: Promise<void>): Promise<void> {
  const heldFrom = Math.max(0, blob.sizeBytes - HELD_BACK_BYTES);
  if (heldFrom > 0) await blob.copyTo(destination, { start: 0, end: heldFrom - 1 });
  await untilClosed(destination, isRight);
  await blob.copyTo(destination, { start: heldFrom, end: blob.sizeBytes - 1 });
}

async function untilClosed(destination: Writable, work: Promise<void>): Promise<void> {
  const { promise: closed, reject } = Promise.withResolvers<never>();
  const onClose = () => reject(new AppError('unavailable', 'The reader went away.'));
  destination.once('close', onClose);
  if (destination.destroyed) onClose();
  try {
    await Promise.race([work, closed]);
  } finally {
    destination.off('close', onClose);
  }
}
