import { Writable } from 'node:stream';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { openReadableBlob } from '#lib/distribution/pull/open-readable-blob.ts';
import type { MirroredBlobApp } from '#lib/distribution/pull/mirrored/pull-mirrored-blob.ts';
import { isSmall } from '#lib/images/read-document.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import type { Offload } from '#lib/platform/concurrency/offload.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { AttachedDocument } from './attached-document.ts';
import type { AttachedReader } from './attached-reader.ts';
import type { AttachedWork } from './attached-script.ts';
import { readAttachedBytes } from './read-attached-bytes.ts';

/** SBOMs of whole distributions have up to 10 MB, and those of 100,000 packages about 20 MB. */
export const MAX_DOCUMENT_BYTES = 24 * 1024 * 1024;
const SCRIPT = 'lib/distribution/attached/attached-script.ts';
const TIMEOUT_MS = 10_000;
const TOO_LARGE = 'This document is larger than 24 MB, so it isn’t shown here. Pull it with ORAS.';
/** Where cosign stores what isn't in the payload. */
const READ_ANNOTATIONS = ['dev.sigstore.cosign/certificate', 'dev.sigstore.cosign/bundle'];

export type AttachedApp = MirroredBlobApp & { offload: Offload; attached: AttachedReader };

/** `problem` is a sentence for the page. */
export type ReadDocument = { document: AttachedDocument; problem?: never } | { document?: never; problem: string };

type Input = {
  /** One that the caller may pull from. */
  repository: FoundRepository;
  /** Digest of the manifest that lists the document. */
  manifest: string;
  layer: Pick<Descriptor, 'digest' | 'size' | 'annotations'>;
  /** Fairness key: the user or client network. */
  viewer: string;
};

/** Reads an attached document. Concurrent requests share one pass, and later ones use the cache. */
export async function readAttached(app: AttachedApp, input: Input): Promise<ReadDocument> {
  const { repository, manifest, layer, viewer } = input;
  if (layer.size > MAX_DOCUMENT_BYTES) return { problem: TOO_LARGE };
  try {
    // Open the blob before the cache lookup, because opening it checks access.
    const { blob, isStored } = await openReadableBlob(app, { repository, digest: layer.digest });
    try {
      if (blob.sizeBytes > MAX_DOCUMENT_BYTES) return { problem: TOO_LARGE };
      const key = `${manifest} ${layer.digest}`;
      const read = () => parse(app, blob, { annotations: pick(layer.annotations), viewer });
      if (!isStored) return { document: await read() };
      const known = app.attached.documents.get(key);
      if (known) return { document: known };
      const document = await app.attached.flights.run(key, async () => {
        const parsed = await read();
        app.attached.documents.set(key, parsed);
        return parsed;
      });
      return { document };
    } finally {
      await blob.close();
    }
  } catch (error) {
    if (!isAppError(error)) throw error;
    if (error.code === 'rate_limited') {
      return { problem: 'Many documents are being read right now. Try again in a minute.' };
    }
    app.log.warn({ err: error, digest: layer.digest }, 'reading an attached document for its page failed');
    return { problem: 'This document can’t be read right now.' };
  }
}

function pick(annotations: Descriptor['annotations']): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => READ_ANNOTATIONS.includes(key)));
}

async function parse(
  { offload }: AttachedApp,
  blob: OpenBlob,
  { annotations, viewer }: { annotations: Record<string, string>; viewer: string },
): Promise<AttachedDocument> {
  const bytes = await readShared(blob);
  if (isSmall(bytes)) return readAttachedBytes(bytes, annotations);
  const input: AttachedWork = { bytes, annotations };
  return (await offload.run({ script: SCRIPT, input, key: viewer, timeoutMs: TIMEOUT_MS })) as AttachedDocument;
}

/** Reads into shared memory, because copying megabytes to a thread would block the event loop. */
async function readShared(blob: OpenBlob): Promise<Uint8Array> {
  const bytes = new Uint8Array(new SharedArrayBuffer(blob.sizeBytes));
  let at = 0;
  const collector = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes.set(chunk, at);
      at += chunk.length;
      done();
    },
  });
  await blob.copyTo(collector, null);
  return bytes;
}
