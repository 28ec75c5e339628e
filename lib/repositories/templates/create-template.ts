import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { parseField, parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { checkTemplate } from './check-template.ts';
import { MAX_TEMPLATES, templatePrefixSchema, templateSettingsSchema, type TemplateSettingsInput } from './schema.ts';
import { templateColumns, toTemplate, type CreationTemplate } from './template-rows.ts';

export type CreateTemplateInput = {
  caller: UserCaller;
  registryKey: bigint;
  /** Empty for every name. */
  prefix: string;
  settings: TemplateSettingsInput;
};

/**
 * Adds a template for repositories that come into being below a prefix. Existing repositories stay as they are.
 * @throws AppError `invalid_input`, `forbidden`, `name_taken`, `quota_exceeded`, `key_refused`, `unavailable`
 */
export async function createTemplate(
  app: { db: Db; repositoryKeys: RepositoryKeys },
  input: CreateTemplateInput,
): Promise<CreationTemplate> {
  const { caller, registryKey } = input;
  const prefix = parseField('prefix', templatePrefixSchema, input.prefix);
  const settings = parseInput(templateSettingsSchema, input.settings);
  await authorize(app, { ...caller, action: 'ecr:CreateRepositoryCreationTemplate', registryKey });
  await checkTemplate(app, { caller, registryKey, prefix, settings, before: null });
  return app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    if ((await tx.creationTemplate.count({ where: { registryKey } })) >= MAX_TEMPLATES) {
      throw new AppError('quota_exceeded', `A registry can have at most ${MAX_TEMPLATES} creation templates.`);
    }
    const columns = templateColumns(settings);
    const { registry, ...row } = await tx.creationTemplate
      .create({ data: { ...columns, registryKey, prefix }, include: { registry: { select: { registryId: true } } } })
      .catch((cause: unknown) => {
        if (errorCode(cause) !== 'P2002') throw cause;
        const message = 'A creation template with this prefix exists already.';
        throw new AppError('name_taken', message, { cause, detail: { fieldErrors: { prefix: message } } });
      });
    await recordChange(tx, {
      type: 'registry.add-creation-template',
      caller,
      registryKey,
      resource: { name: registry.registryId },
      after: { prefix, ...columns },
    });
    return toTemplate(row);
  });
}
