// Parts of a backup: files compressed with Zstandard, which the manifest lists with their digests.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { syncFolder } from '#lib/blobs/disk/open-file.ts';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import { errorCode } from '#lib/platform/errors.ts';

/** `sizeBytes` and `sha256` are of the compressed file. */
export type BackupPart = { file: string; sizeBytes: number; sha256: string };

/** Writes a part, readable only by its owner, and returns once it is on the disk. */
export async function writePart(path: string, source: Readable): Promise<BackupPart> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const measure = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(source, createZstdCompress(), measure, createWriteStream(path, { mode: 0o600, flush: true }));
  await syncFolder(dirname(path));
  return { file: basename(path), sizeBytes, sha256: toDigest('sha256', hash.digest('hex')) };
}

/** Opens the content of a part. Errors destroy the stream. */
export function readPart(path: string): Readable {
  const content = createZstdDecompress();
  createReadStream(path)
    .on('error', (error) => content.destroy(error))
    .pipe(content);
  return content;
}

/** Reads a part of one JSON document per line. */
export async function* readLines(path: string): AsyncIterable<unknown> {
  const content = readPart(path);
  const lines = createInterface({ input: content, crlfDelay: Infinity });
  let failure: Error | null = null;
  content.once('error', (error) => {
    failure = error;
    lines.close();
  });
  for await (const line of lines) yield JSON.parse(line);
  if (failure) throw failure as Error;
}

/** Hashes a file as it is stored. Resolves to null when it doesn't exist. */
export async function hashStoredFile(path: string): Promise<{ sizeBytes: number; sha256: Digest } | null> {
  const file = await open(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (!file) return null;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of file.createReadStream()) {
    hash.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
  }
  return { sizeBytes, sha256: toDigest('sha256', hash.digest('hex')) };
}
