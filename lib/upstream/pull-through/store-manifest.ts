import type pg from 'pg';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { createMirroredRepository } from '#lib/repositories/create-mirrored-repository.ts';
import { NO_IMAGE_FACTS } from '#lib/images/read-image-config.ts';
import { recordManifest } from '#lib/images/record-manifest.ts';
import type { KeyedMutex } from '#lib/platform/concurrency/keyed-mutex.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FetchedManifest } from './fetch-manifest.ts';
import type { FetchedMirror } from '#lib/upstream/mirrors/mirrored-repository.ts';

export type StoreManifestInput = {
  /** Created on its first pull when it has no row yet. */
  repository: FetchedMirror;
  fetched: FetchedManifest;
  tag: string | null;
};

type App = { db: Db; pool: pg.Pool; recordMutex: KeyedMutex<bigint> };

/** Stores a manifest without waiting for its blobs, which are fetched on demand. Returns the repository's id. */
export async function storeManifest(app: App, input: StoreManifestInput): Promise<bigint> {
  const { fetched, tag } = input;
  const repository = await createMirroredRepository(app, input.repository);
  const { digest, rows, payload } = fetched;
  const tags = tag === null ? [] : [tag];
  // Platform and date come from the config, which a job reads later.
  await recordManifest(app, { caller: SYSTEM_CALLER, repository, digest, rows, payload, facts: NO_IMAGE_FACTS, tags });
  return repository.id;
}
