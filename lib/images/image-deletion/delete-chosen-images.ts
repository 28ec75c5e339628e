import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { requireTagDeletion } from '../tag-deletion/require-tag-deletion.ts';
import { deleteImages } from './delete-images.ts';
import { chosenImagesSchema, type ChosenImage } from './schema.ts';

/** Counts of images. */
export type ImageDeletionResult = {
  deleted: number;
  /** They stay while an index lists them. */
  listed: number;
  /** Their tags have changed since they were chosen, so they stay. */
  changed: number;
};

/**
 * Deletes the chosen images with their tags. Ignores those that are gone already. Each can be restored for a while.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`, `conflict` for a mirror
 */
export async function deleteChosenImages(
  app: { db: Db },
  { caller, fullName, images }: { caller: UserCaller; fullName: string; images: ChosenImage[] },
): Promise<ImageDeletionResult> {
  const parsed = chosenImagesSchema.safeParse(images);
  const named = parsed.success ? parsed.data.map(({ digest }) => ({ digest })) : [];
  const repository = await requireTagDeletion(app, { caller, fullName, images: named });
  const chosen = parseField('images', chosenImagesSchema, images);
  const asked = chosen.map(({ digest, tags }) => ({ digest, tag: null, expectedTags: tags }));
  const { deleted, failures } = await deleteImages(app, { caller, repository, images: asked });
  const countOf = (code: string) => failures.filter(({ error }) => error.code === code).length;
  return { deleted: deleted.length, listed: countOf('unsupported'), changed: countOf('conflict') };
}
