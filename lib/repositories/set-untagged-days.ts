import { findRole } from '#lib/access/find-role.ts';
import { requireAllowed } from '#lib/access/authorize.ts';
import { recordAudit } from '#lib/events/record-audit.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { findRepository } from './find-repository.ts';
import { refuseQuarantined } from './refuse-quarantined.ts';
import { untaggedDaysSchema } from './schema.ts';

export type SetUntaggedDaysInput = {
  caller: UserCaller;
  fullName: string;
  /** Null: manifests without a tag are kept for good. */
  days: number | null;
};

/**
 * Chooses how long manifests are kept that no tag names (distribution/garbage/delete-untagged.ts).
 * @throws AppError `invalid_input`, `repository_not_found`, `forbidden`, `quarantined`, `conflict` for a mirror
 */
export async function setUntaggedDays(
  app: { db: Db },
  { caller, fullName, ...input }: SetUntaggedDaysInput,
): Promise<void> {
  const days = parseField('days', untaggedDaysSchema, input.days);
  const repository = await findRepository(app, fullName);
  const role =
    repository && (await findRole(app, { principal: caller.principal, registryKey: repository.registryKey }));
  if (!repository || (repository.visibility === 'private' && !role)) {
    throw new AppError('repository_not_found', `There is no repository ${fullName}.`);
  }
  requireAllowed({ ...caller, action: 'ecr:PutLifecyclePolicy', role });
  refuseQuarantined(repository);
  if (repository.upstream) throw new AppError('conflict', `${fullName} is a mirror: its cache has rules of its own.`);
  const { id, registryKey } = repository;
  await app.db.$transaction(async (tx) => {
    const before = await tx.repository.findUniqueOrThrow({ where: { id }, select: { untaggedDays: true } });
    if (before.untaggedDays === days) return;
    await tx.repository.update({ where: { id }, data: { untaggedDays: days }, select: { id: true } });
    const entry = { caller, registryKey, target: fullName, before, after: { untaggedDays: days } };
    await recordAudit(tx, { ...entry, action: 'repository.set-untagged-days' });
  });
}
