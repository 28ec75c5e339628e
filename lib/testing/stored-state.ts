import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '#lib/app.ts';

/** Counts everything that pushes store. Equal results mean that nothing was stored in between. */
export async function readStoredState({ db, config }: App): Promise<Record<string, number>> {
  const [repositories, manifests, tags, tagEvents, links, blobs, uploads, auditEvents, blobFiles, stagedFiles] =
    await Promise.all([
      db.repository.count(),
      db.manifest.count(),
      db.tag.count(),
      db.tagEvent.count(),
      db.repositoryBlob.count(),
      db.blob.count(),
      db.upload.count(),
      // Refusals and logins have a lastAt and are flushed a second late, so leave them out.
      db.auditEvent.count({ where: { lastAt: null } }),
      countFiles(join(config.dataDir, 'blobs', 'sha256')),
      countFiles(join(config.dataDir, 'uploads')),
    ]);
  return { repositories, manifests, tags, tagEvents, links, blobs, uploads, auditEvents, blobFiles, stagedFiles };
}

async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
