import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { templateColumns, toTemplate, type CreationTemplate } from './template-rows.ts';

/**
 * Removes a template. Repositories that it created stay as they are.
 * @throws AppError `not_found`, `forbidden`
 */
export async function deleteTemplate(
  app: { db: Db },
  { caller, registryKey, prefix }: { caller: UserCaller; registryKey: bigint; prefix: string },
): Promise<CreationTemplate> {
  await authorize(app, { ...caller, action: 'ecr:DeleteRepositoryCreationTemplate', registryKey });
  return app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const where = { registryKey_prefix: { registryKey, prefix } };
    const include = { registry: { select: { registryId: true } } } as const;
    const { registry, ...row } = await tx.creationTemplate.delete({ where, include }).catch((cause: unknown) => {
      if (errorCode(cause) !== 'P2025') throw cause;
      throw new AppError('not_found', 'This registry has no creation template with this prefix.', { cause });
    });
    const { prefix: _prefix, createdAt: _createdAt, updatedAt: _updatedAt, ...settings } = toTemplate(row);
    await recordChange(tx, {
      type: 'registry.remove-creation-template',
      caller,
      registryKey,
      resource: { name: registry.registryId },
      before: { prefix, ...templateColumns(settings) },
    });
    return toTemplate(row);
  });
}
