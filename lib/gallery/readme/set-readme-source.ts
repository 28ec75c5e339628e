import { recordChange } from '#lib/events/record-change.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { authorizeRepository } from '#lib/repositories/authorize-repository.ts';
import { lockRepository } from '#lib/repositories/lock-repository.ts';
import { readmeSourceSchema } from '#lib/repositories/schema.ts';

export type SetReadmeSourceInput = {
  caller: UserCaller;
  fullName: string;
  /** A member of README_SOURCES, or null to show the publisher's own text again. */
  source: string | null;
};

/**
 * Chooses where the README of a repository's page is fetched from. A job fetches it.
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`
 */
export async function setReadmeSource(
  app: { db: Db },
  { caller, fullName, ...input }: SetReadmeSourceInput,
): Promise<void> {
  const source = parseField('source', readmeSourceSchema, input.source);
  const action = 'ecr-public:PutRepositoryCatalogData';
  const repository = await authorizeRepository(app, { caller, fullName, action });
  const { id, registryKey } = repository;
  await app.db.$transaction(async (tx) => {
    // Concurrent changes would both insert.
    await lockRepository(tx, repository);
    const before = await tx.readme.findUnique({ where: { repositoryId: id }, select: { source: true } });
    if ((before?.source ?? null) === source) return;
    await tx.readme.deleteMany({ where: { repositoryId: id } });
    if (source !== null) await tx.readme.create({ data: { repositoryId: id, source } });
    await recordChange(tx, {
      type: 'repository.set-readme-source',
      caller,
      registryKey,
      resource: { repositoryId: id, name: fullName },
      before: { readmeSource: before?.source ?? null },
      after: { readmeSource: source },
    });
  });
}
