import type { App } from '#lib/app.ts';
import type { Caller } from '#lib/access/schema.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { isImageConfig } from '#lib/oci/media-types.ts';
import { readDocument } from '#lib/images/read-document.ts';
import { NO_IMAGE_FACTS } from '#lib/images/read-image-config.ts';
import { recordManifest } from '#lib/images/record-manifest.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { BuiltManifest } from '#lib/testing/images/build-image.ts';
import type { DemoPush } from '../demo-types.ts';

/** The system records what a mirror fetched, a user what was pushed. */
type Target = { caller: Caller; repository: FoundRepository };

/** Records a manifest and everything below it, whose blobs are already linked. Returns the digests. */
export async function recordDemoPush(app: App, target: Target, { manifest, tags }: DemoPush): Promise<string[]> {
  const below = await Promise.all(
    manifest.children.map((child) => recordDemoPush(app, target, { manifest: child, tags: [] })),
  );
  const { bytes: payload, mediaType: type } = manifest;
  const read = await readDocument(app, 'pushed', { bytes: payload, type, key: 'demo' });
  if ('problem' in read) throw new Error(`${target.repository.fullName}: ${read.problem}`);
  const digest = manifest.digest as Digest;
  const facts = await readFacts(app, manifest);
  await recordManifest(app, { ...target, digest, rows: read.rows, payload, facts, tags });
  return [...below.flat(), digest];
}

async function readFacts(app: App, { blobs }: BuiltManifest) {
  const config = blobs.find(({ mediaType }) => isImageConfig(mediaType));
  return config ? readDocument(app, 'facts', { bytes: config.bytes, key: 'demo' }) : NO_IMAGE_FACTS;
}
