import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { App } from '#lib/app.ts';
import { batches } from '#lib/platform/concurrency/batches.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Blob, BuiltManifest } from '#lib/testing/images/build-image.ts';
import type { DemoLink } from './link-demo-blobs.sql.ts';

/** Each store waits for its disk. */
const CONCURRENT = 16;

/** Stores each blob once. */
export async function storeDemoBlobs(app: App, manifests: BuiltManifest[]): Promise<void> {
  const blobs = new Map(manifests.flatMap(blobsOf).map((blob) => [blob.digest, blob]));
  for (const few of batches([...blobs.values()], CONCURRENT)) {
    await Promise.all(few.map((blob) => storeBlob(app, blob)));
  }
}

/** What a repository needs for a manifest and everything below it. */
export function linksOf(repositoryId: bigint, manifest: BuiltManifest): DemoLink[] {
  return blobsOf(manifest).map(({ digest, bytes }) => ({ repositoryId, digest, sizeBytes: bytes.length }));
}

function blobsOf({ blobs, children }: BuiltManifest): Blob[] {
  return [...blobs, ...children.flatMap(blobsOf)];
}

async function storeBlob({ intake }: App, { digest, bytes }: Blob): Promise<void> {
  const id = randomUUID();
  await intake.begin(id);
  const options = { offsetBytes: 0, expectedBytes: bytes.length };
  const last = { source: Readable.from([bytes]), options };
  await intake.finish({ id, fence: 0n }, { digest: digest as Digest, scope: 'site', last });
}
