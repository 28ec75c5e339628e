// Resolves a pasted reference or digest to pages of this site.
import { registryAddress } from '#lib/publishers/registry-address.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parsePastedReference } from '#lib/search/query/parse-query.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { findMoved } from '#lib/repositories/moves/find-moved.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { IN_GALLERY } from './gallery-queries.ts';

/** A page to open: a tag or a manifest of a repository. */
export type Pasted = { alias: string; name: string; item: { tag: string } | { digest: string } };

/** A popular base image may be in very many repositories. */
const MAX_FOUND = 10;

/** Finds public pages only. Empty for plain words and unknown references. */
export async function findPastedReference(app: { db: Db }, query: string): Promise<Pasted[]> {
  const pasted = parsePastedReference(query);
  if (!pasted) return [];
  const { fullName, tag, digest } = pasted;
  if (fullName === '') return digest ? findDigest(app, digest) : [];
  const found = (await findRepository(app, fullName)) ?? (await findMoved(app, fullName));
  const repository = found && (await app.db.repository.findFirst({ where: { id: found.id, ...IN_GALLERY } }));
  if (!found || !repository) return [];
  const names = splitFullName(found.movedTo ?? found.fullName) ?? found;
  const repositoryId = found.id;
  if (digest) {
    const manifest = await app.db.manifest.findFirst({ where: { repositoryId, digest }, select: { id: true } });
    return manifest ? [{ ...names, item: { digest } }] : [];
  }
  const known = tag !== null && (await app.db.tag.findFirst({ where: { repositoryId, name: tag } }));
  return known ? [{ ...names, item: { tag: known.name } }] : [];
}

/** Most pulled first. */
async function findDigest(app: { db: Db }, digest: string): Promise<Pasted[]> {
  const manifests = await app.db.manifest.findMany({
    where: { digest, repository: IN_GALLERY },
    orderBy: [{ repository: { pullCount: 'desc' } }, { id: 'asc' }],
    take: MAX_FOUND,
    select: { repository: { select: { name: true, registry: { select: { primaryAlias: true, registryId: true } } } } },
  });
  return manifests.map(({ repository: { name, registry } }) => ({
    alias: registryAddress(registry),
    name,
    item: { digest },
  }));
}
