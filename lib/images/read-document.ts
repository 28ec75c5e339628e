// Manifests and configs have a few hundred values and are read in no time. What has more holds up everybody, so a thread reads it.
import { hasMoreValues } from '#lib/oci/json-limits.ts';
import type { MaybePromise } from '#lib/platform/concurrency/maybe-promise.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { READERS } from './document-readers.ts';

export const MAX_BYTES_ON_LOOP = 64 * 1024;
/** Each takes a few microseconds. */
export const MAX_VALUES_ON_LOOP = 2_000;
const SCRIPT = 'lib/images/document-script.ts';
const TIMEOUT_MS = 10_000;

type Readers = typeof READERS;
export type DocumentKind = keyof Readers;
export type DocumentWork = { kind: DocumentKind; bytes: Uint8Array; type: string };

export type DocumentInput = {
  bytes: Uint8Array;
  /** Of a manifest, its media type. */
  type?: string;
  /** The owner of the document or the requester. Each key gets at most one thread. */
  key: string;
};

/**
 * At once for a small document.
 * @throws AppError `rate_limited`, `unavailable`: by the offload
 */
export function readDocument<Kind extends DocumentKind>(
  { offload }: { offload: Offload },
  kind: Kind,
  { bytes, type = '', key }: DocumentInput,
): MaybePromise<ReturnType<Readers[Kind]>> {
  if (isSmall(bytes)) return READERS[kind](bytes, type) as ReturnType<Readers[Kind]>;
  const input: DocumentWork = { kind, bytes, type };
  return offload.run({ script: SCRIPT, input, key, timeoutMs: TIMEOUT_MS }) as Promise<ReturnType<Readers[Kind]>>;
}

export function isSmall(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_BYTES_ON_LOOP && !hasMoreValues(bytes, MAX_VALUES_ON_LOOP);
}
