import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { removeManifest } from '../delete-manifest.ts';
import { listParents } from '../delete-manifest.sql.ts';
import { removeTags } from '../tag-deletion/remove-tags.ts';

/** A digest or a tag is set. Both must agree. */
export type ImageToDelete = {
  digest: string | null;
  tag: string | null;
  /** All tags that it had when it was chosen. An image whose tags have changed since stays. */
  expectedTags?: readonly string[];
};

type Input = ImageToDelete & { caller: UserCaller; repository: FoundRepository };

export type DeletedImage = { digest: string; tags: string[] };

/**
 * Deletes an image as ECR does: by digest with all its tags; by tag only that tag, unless it is the image's last one.
 * It can be restored for a while (restore-deletion.ts).
 * @throws AppError `manifest_not_found`; `conflict` if its tags aren't `expectedTags`; `unsupported` while any index lists the image, even an untagged one
 */
export async function deleteImage(app: { db: Db }, input: Input): Promise<DeletedImage> {
  const { caller, repository, tag, expectedTags } = input;
  const { id: repositoryId } = repository;
  return app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const found = await tx.manifest.findFirst({
      where: {
        repositoryId,
        ...(input.digest !== null && { digest: input.digest }),
        ...(tag !== null && { tags: { some: { repositoryId, name: tag } } }),
      },
      select: { digest: true, tags: { select: { name: true } } },
    });
    if (!found) throw new AppError('manifest_not_found', "The repository doesn't have this image.");
    const { digest } = found;
    const tags = found.tags.map(({ name }) => name);
    if (expectedTags && !isSameSet(tags, expectedTags)) {
      throw new AppError('conflict', "The image's tags have changed in the meantime.");
    }
    if (tag !== null && tags.length > 1) {
      await removeTags(tx, { caller, repository, tags: [{ name: tag, digest }] });
      return { digest, tags: [tag] };
    }
    const parents = await listParents(tx, { repositoryId, digest });
    if (parents.length > 0) {
      throw new AppError('unsupported', `Requested image referenced by manifest list: [${parents.join(', ')}]`);
    }
    await removeManifest(tx, { caller, repository, digest });
    return { digest, tags };
  });
}

function isSameSet(names: readonly string[], others: readonly string[]): boolean {
  const expected = new Set(others);
  return names.length === expected.size && names.every((name) => expected.has(name));
}
