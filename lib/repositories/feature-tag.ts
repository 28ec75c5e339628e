import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { invalidField, parseField } from '#lib/platform/parse-input.ts';
import { authorizeRepository } from './authorize-repository.ts';
import { lockRepository } from './lock-repository.ts';
import { featuredTagSchema } from './schema.ts';

export type FeatureTagInput = {
  caller: UserCaller;
  fullName: string;
  /** Null returns to the default. */
  tag: string | null;
};

/**
 * Chooses the tag that a repository's page shows. If the tag is deleted later, the page shows its default.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function featureTag(app: { db: Db }, { caller, fullName, ...input }: FeatureTagInput): Promise<void> {
  const tag = parseField('tag', featuredTagSchema, input.tag);
  const repository = await authorizeRepository(app, {
    caller,
    fullName,
    action: 'ecr-public:PutRepositoryCatalogData',
  });
  const { id, registryKey } = repository;
  await app.db.$transaction(async (tx) => {
    await lockRepository(tx, repository);
    const where = tag === null ? null : { repositoryId_name: { repositoryId: id, name: tag } };
    const row = where && (await tx.tag.findUnique({ where, select: { attachedAs: true } }));
    if (where && !row) throw invalidField('tag', `${fullName} has no tag ${tag}.`);
    if (row?.attachedAs) {
      throw invalidField('tag', `${tag} is an attachment or a build cache. Choose a tag that can be pulled and used.`);
    }
    const before = await tx.repository.findUniqueOrThrow({ where: { id }, select: { featuredTag: true } });
    if (before.featuredTag === tag) return;
    await tx.repository.update({ where: { id }, data: { featuredTag: tag }, select: { id: true } });
    await recordChange(tx, {
      type: 'repository.feature-tag',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before,
      after: { featuredTag: tag },
    });
  });
}
