// The entry point of a worker thread for read-attached.ts.
import { readAttachedBytes } from './read-attached-bytes.ts';
import type { Annotations } from './read-signature.ts';

export type AttachedWork = { bytes: Uint8Array; annotations: Annotations };

export function run(input: unknown): unknown {
  const { bytes, annotations } = input as AttachedWork;
  return readAttachedBytes(bytes, annotations);
}
