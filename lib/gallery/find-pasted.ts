// A reference or a digest that somebody pasted into the search field, as what it names here.
import type { Db } from '#lib/platform/pg/db.ts';
import { parsePastedReference } from '#lib/search/query/parse-query.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { IN_GALLERY } from './gallery-queries.ts';

/** What has a page of its own: a tag of a repository, or one of its manifests. */
export type Pasted = { alias: string; name: string; item: { tag: string } | { digest: string } };

/** A popular base image may be in very many. */
const MAX_FOUND = 10;

/** Public ones only; empty for plain words and for what is not here. */
export async function findPasted(app: { db: Db }, query: string): Promise<Pasted[]> {
  const pasted = parsePastedReference(query);
  if (!pasted) return [];
  const { fullName, tag, digest } = pasted;
  if (fullName === '') return digest ? findDigest(app, digest) : [];
  const found = await findRepository(app, fullName);
  const repository = found && (await app.db.repository.findFirst({ where: { id: found.id, ...IN_GALLERY } }));
  if (!found || !repository) return [];
  const names = { alias: found.alias, name: found.name };
  const repositoryId = found.id;
  if (digest) {
    const manifest = await app.db.manifest.findFirst({ where: { repositoryId, digest }, select: { id: true } });
    return manifest ? [{ ...names, item: { digest } }] : [];
  }
  const known = tag !== null && (await app.db.tag.findFirst({ where: { repositoryId, name: tag } }));
  return known ? [{ ...names, item: { tag: known.name } }] : [];
}

/** The most pulled first. */
async function findDigest(app: { db: Db }, digest: string): Promise<Pasted[]> {
  const manifests = await app.db.manifest.findMany({
    where: { digest, repository: IN_GALLERY },
    orderBy: [{ repository: { pullCount: 'desc' } }, { id: 'asc' }],
    take: MAX_FOUND,
    select: { repository: { select: { name: true, registry: { select: { primaryAlias: true, registryId: true } } } } },
  });
  return manifests.map(({ repository: { name, registry } }) => ({
    alias: registry.primaryAlias?.name ?? registry.registryId,
    name,
    item: { digest },
  }));
}
