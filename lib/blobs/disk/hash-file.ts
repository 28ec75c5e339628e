import { createHash, type Hash } from 'node:crypto';
import type { OpenFile } from './open-file.ts';

const BUFFER_BYTES = 1024 * 1024;

/** Hashes a file from disk. The caller can update the hash further. */
export async function hashFile(file: OpenFile, algorithm: 'sha256' | 'sha512'): Promise<Hash> {
  const hash = createHash(algorithm);
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  for (let position = 0; ;) {
    const bytesRead = await file.read(buffer, position);
    if (bytesRead === 0) return hash;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
