// Parses manifests and configs. Small documents are parsed on the event loop, within microseconds. Large ones run on a
// worker thread.
import { hasMoreValues } from '#lib/oci/json-limits.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { READERS } from './document-readers.ts';

export const MAX_BYTES_ON_LOOP = 64 * 1024;
/** Each value takes a few microseconds to parse. */
export const MAX_VALUES_ON_LOOP = 2_000;
const SCRIPT = 'lib/images/document-script.ts';
const TIMEOUT_MS = 10_000;

type Readers = typeof READERS;
export type DocumentKind = keyof Readers;
export type DocumentWork = { kind: DocumentKind; bytes: Uint8Array; type: string };

export type DocumentInput = {
  bytes: Uint8Array;
  /** Media type of a manifest. */
  type?: string;
  /** Fairness key: the owner of the document or the requester. Each key gets at most one thread. */
  key: string;
};

/**
 * Parses a document on the event loop if it is small, else on a worker thread.
 * @throws AppError `rate_limited`, `unavailable` from the offload
 */
export async function readDocument<Kind extends DocumentKind>(
  { offload }: { offload: Offload },
  kind: Kind,
  { bytes, type = '', key }: DocumentInput,
): Promise<ReturnType<Readers[Kind]>> {
  if (isSmall(bytes)) return READERS[kind](bytes, type) as ReturnType<Readers[Kind]>;
  const input: DocumentWork = { kind, bytes, type };
  return offload.run({ script: SCRIPT, input, key, timeoutMs: TIMEOUT_MS }) as Promise<ReturnType<Readers[Kind]>>;
}

export function isSmall(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_BYTES_ON_LOOP && !hasMoreValues(bytes, MAX_VALUES_ON_LOOP);
}
