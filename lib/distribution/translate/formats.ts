import type { KeyObject } from 'node:crypto';
import { AcceptHeaders } from './accept-header.ts';
import { createSchema1Key } from './schema-1/site-key.ts';

/** What translating manifests needs beside rows and blobs. */
export type Formats = { accepts: AcceptHeaders; schema1Key: KeyObject };

/** @param seed of the key that signs schema 1 documents, 32 random bytes */
export function createFormats(seed: Uint8Array): Formats {
  return { accepts: new AcceptHeaders(), schema1Key: createSchema1Key(seed) };
}
