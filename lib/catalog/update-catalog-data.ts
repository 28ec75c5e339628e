import { recordAudit } from '#lib/audit/record-audit.ts';
import { canManageRegistry } from '#lib/identity/policy.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Db } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { findRepository, findRole } from './find-repository.ts';
import { refuseQuarantined } from './refuse-quarantined.ts';
import { catalogDataSchema, type CatalogData } from './schema.ts';
import { touchRepository } from './touch-repository.ts';

export type UpdateCatalogDataInput = { caller: Caller; fullName: string; catalogData: CatalogData };

/** Replaces the whole of a repository's catalog data. @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined` */
export async function updateCatalogData(app: { db: Db }, input: UpdateCatalogDataInput): Promise<void> {
  const { caller, fullName } = input;
  const catalogData = parseInput(catalogDataSchema, input.catalogData);
  const repository = await findRepository(app, fullName);
  const role = repository && (await findRole(app, { userId: caller.actor.userId, registryId: repository.registryId }));
  if (!repository || (repository.visibility === 'private' && !role)) {
    throw new AppError('repository_not_found', `There is no repository ${fullName}.`);
  }
  if (!canManageRegistry({ actor: caller.actor, role })) {
    throw new AppError('forbidden', `You may not edit the page of ${fullName}.`);
  }
  refuseQuarantined(repository);
  await app.db.$transaction(async (tx) => {
    const { id, registryId } = repository;
    const before = await tx.repository.findUniqueOrThrow({
      where: { id },
      select: { description: true, aboutText: true, usageText: true, operatingSystems: true, architectures: true },
    });
    await tx.repository.update({ where: { id }, data: catalogData });
    await touchRepository(tx, id);
    const entry = { caller, registryId, target: fullName, before, after: catalogData };
    await recordAudit(tx, { ...entry, action: 'repository.update-catalog-data' });
  });
}
