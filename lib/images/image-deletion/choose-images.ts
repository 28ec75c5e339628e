import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { invalidField, parseField } from '#lib/platform/parse-input.ts';
import { requireTagDeletion } from '../tag-deletion/require-tag-deletion.ts';
import { MAX_TAGS_AT_ONCE } from '../tag-deletion/schema.ts';
import { imageDigestsSchema, type ChosenImage } from './schema.ts';

/**
 * Lists the images that a deletion would delete, with their tags. Leaves out those that don't exist.
 * @throws AppError `invalid_input`, also if they have too many tags; `repository_not_found`, `forbidden`, `quarantined`,
 * `conflict` for a mirror
 */
export async function chooseImages(
  app: { db: Db },
  { caller, fullName, digests }: { caller: UserCaller; fullName: string; digests: string[] },
): Promise<ChosenImage[]> {
  const { id: repositoryId } = await requireTagDeletion(app, { caller, fullName });
  const asked = parseField('images', imageDigestsSchema, digests);
  const manifest = { repositoryId, digest: { in: asked } };
  const tags = await app.db.tag.findMany({
    where: { repositoryId, manifest },
    orderBy: [{ versionKey: 'desc' }, { name: 'desc' }],
    take: MAX_TAGS_AT_ONCE + 1,
    select: { name: true, manifest: { select: { digest: true } } },
  });
  if (tags.length > MAX_TAGS_AT_ONCE) {
    throw invalidField('images', `These images have over ${MAX_TAGS_AT_ONCE} tags. Delete some of the tags first.`);
  }
  const found = await app.db.manifest.findMany({ where: manifest, orderBy: { id: 'desc' }, select: { digest: true } });
  return found.map(({ digest }) => ({
    digest,
    tags: tags.filter((tag) => tag.manifest.digest === digest).map(({ name }) => name),
  }));
}
