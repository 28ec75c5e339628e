// What an image is built on, by its first layers, and what is built on it. Callers authorize access to its repository.
import type { Db } from '#lib/platform/pg/db.ts';
import {
  findBase,
  findBaseTag,
  findMovedTag,
  listBaseManifests,
  listDependents,
  type DependentRow,
} from './lineage.sql.ts';

export type BaseImage = {
  alias: string;
  name: string;
  /** The newest version among its tags; null if none points to it any more. */
  tag: string | null;
  digest: string;
  /** A tag that pointed to the base and now points to another image. */
  newerTag: string | null;
  /** The number of layers that the image has in common with it. */
  layerCount: number;
};

export type Lineage = {
  base: BaseImage | null;
  /** Public repositories with an image built on this one, most pulled first. */
  dependents: DependentRow[];
  dependentCount: number;
};

export type LineageInput = {
  repositoryId: bigint;
  /** Of an image, not of an index. */
  digest: string;
  limit: number;
  offset?: number;
};

/** Null until a job has recorded the image's layers, and for anything but an image. */
export async function findLineage(app: { db: Db }, input: LineageInput): Promise<Lineage | null> {
  const { repositoryId, digest, limit, offset = 0 } = input;
  const image = await app.db.manifest.findUnique({
    where: { repositoryId_digest: { repositoryId, digest } },
    select: { id: true, chain: { select: { chain: true } } },
  });
  if (!image?.chain) return null;
  const [base, dependents] = await Promise.all([
    describeBase(app, { manifestId: image.id, repositoryId }),
    listDependents(app.db, { chain: image.chain.chain, repositoryId, limit, offset }),
  ]);
  return { base, dependents: dependents.rows, dependentCount: dependents.total };
}

async function describeBase(
  { db }: { db: Db },
  image: { manifestId: bigint; repositoryId: bigint },
): Promise<BaseImage | null> {
  const base = await findBase(db, image);
  if (!base) return null;
  const { repositoryId, chain, alias, name, depth } = base;
  const manifests = await listBaseManifests(db, { repositoryId, chain });
  const [tag, newerTag] = await Promise.all([
    findBaseTag(db, { ids: manifests.map(({ id }) => id) }),
    findMovedTag(db, { repositoryId, manifests }),
  ]);
  return { alias, name, tag, newerTag, digest: manifests[0]?.digest ?? '', layerCount: depth };
}
