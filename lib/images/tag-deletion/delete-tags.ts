import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { findTagDigests } from './choose-tags.ts';
import { removeTags } from './remove-tags.ts';
import { requireTagDeletion } from './require-tag-deletion.ts';
import { chosenTagsSchema, type ChosenTag } from './schema.ts';

export type DeleteTagsInput = {
  caller: UserCaller;
  fullName: string;
  /** Each with the digest it pointed to when it was chosen. */
  tags: ChosenTag[];
};

export type DeletedTags = {
  deleted: string[];
  /** Tags that were moved since they were chosen. They stay. */
  moved: string[];
  /** Tags that are gone already. */
  missing: string[];
};

/** Allows for as many tags as one request may name. */
const TRANSACTION = { timeout: 60_000 };

/**
 * Deletes exactly the tags that were chosen: one that points to something else by now stays. Their manifests can still
 * be pulled by digest.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`, `conflict` for a mirror
 */
export async function deleteTags(app: { db: Db }, input: DeleteTagsInput): Promise<DeletedTags> {
  const { caller } = input;
  const parsed = chosenTagsSchema.safeParse(input.tags);
  const images = parsed.success ? parsed.data.map(({ name: tag }) => ({ tag })) : [];
  const repository = await requireTagDeletion(app, { caller, fullName: input.fullName, images });
  const chosen = new Map(parseField('tags', chosenTagsSchema, input.tags).map(({ name, digest }) => [name, digest]));
  const names = [...chosen.keys()];
  return app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const there = await findTagDigests(tx, { repositoryId: repository.id, names });
    const digests = new Map(there.map(({ name, digest }) => [name, digest]));
    const tags = there.filter(({ name, digest }) => chosen.get(name) === digest);
    await removeTags(tx, { caller, repository, tags });
    return {
      deleted: tags.map(({ name }) => name),
      moved: there.filter(({ name, digest }) => chosen.get(name) !== digest).map(({ name }) => name),
      missing: names.filter((name) => !digests.has(name)),
    };
  }, TRANSACTION);
}
