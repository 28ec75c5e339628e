import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Returns an OCI image layout's blobs by hexadecimal SHA-256. Equal results mean equal bytes. */
export function readLayoutBlobs(layout: string): Record<string, string> {
  const folder = join(layout, 'blobs', 'sha256');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}
