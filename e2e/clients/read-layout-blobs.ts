import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What an OCI image layout holds, by its hexadecimal SHA-256: two equal answers are two copies of the same bytes. */
export function readLayoutBlobs(layout: string): Record<string, string> {
  const folder = join(layout, 'blobs', 'sha256');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}
