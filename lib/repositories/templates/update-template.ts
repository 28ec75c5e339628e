import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { checkTemplate } from './check-template.ts';
import { templateSettingsSchema, type TemplateSettingsInput } from './schema.ts';
import { findTemplate, templateColumns, toTemplate, type CreationTemplate } from './template-rows.ts';

export type UpdateTemplateInput = {
  caller: UserCaller;
  registryKey: bigint;
  prefix: string;
  /** Omitted settings stay. */
  settings: Partial<TemplateSettingsInput>;
};

/**
 * Changes a template. Repositories that it created stay as they are.
 * @throws AppError `invalid_input`, `forbidden`, `not_found`, `key_refused`, `unavailable`; `conflict` if somebody else
 *   changed it meanwhile
 */
export async function updateTemplate(
  app: { db: Db; repositoryKeys: RepositoryKeys },
  { caller, registryKey, prefix, settings: asked }: UpdateTemplateInput,
): Promise<CreationTemplate> {
  await authorize(app, { ...caller, action: 'ecr:UpdateRepositoryCreationTemplate', registryKey });
  const found = await findTemplate(app, { registryKey, prefix });
  if (!found) throw templateNotFound();
  const { prefix: _prefix, createdAt: _createdAt, updatedAt, ...before } = found;
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
  const settings = parseInput(templateSettingsSchema, { ...before, ...given });
  if (
    JSON.stringify(templateColumns(settings)) ===
    JSON.stringify(templateColumns(parseInput(templateSettingsSchema, before)))
  ) {
    return found;
  }
  await checkTemplate(app, { caller, registryKey, prefix, settings, before });
  return app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const current = await findTemplate({ db: tx }, { registryKey, prefix });
    if (!current) throw templateNotFound();
    // The checks compared with what was found.
    if (current.updatedAt.getTime() !== updatedAt.getTime()) {
      throw new AppError('conflict', 'Somebody else changed this template meanwhile. Try again.');
    }
    const columns = templateColumns(settings);
    const { registry, ...row } = await tx.creationTemplate.update({
      where: { registryKey_prefix: { registryKey, prefix } },
      data: { ...columns, updatedAt: new Date() },
      include: { registry: { select: { registryId: true } } },
    });
    await recordChange(tx, {
      type: 'registry.update-creation-template',
      caller,
      registryKey,
      resource: { name: registry.registryId },
      before: { prefix, ...templateColumns(before) },
      after: { prefix, ...columns },
    });
    return toTemplate(row);
  });
}

function templateNotFound(): AppError {
  return new AppError('not_found', 'This registry has no creation template with this prefix.');
}
