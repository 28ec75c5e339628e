import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { findRegistryByAlias, type FoundRegistry, type FoundRepository } from '#lib/repositories/find-repository.ts';
import { repositoryNameSchema } from '#lib/repositories/schema.ts';
import { createByTemplate } from './create-by-template.ts';
import { matchTemplate } from './template-rows.ts';

type App = { db: Db; repositoryKeys: RepositoryKeys; policies?: PolicyCache };

/**
 * Creates the repository of a first push, if the registry's setting allows it.
 * @throws AppError `invalid_input`, `forbidden`, `name_taken`; `repository_not_found` if the registry doesn't create it;
 *   `key_refused`, `unavailable` for the KMS key of a template
 */
export async function createOnPush(
  app: App,
  { caller, alias, name: asked }: { caller: UserCaller; alias: string; name: string },
): Promise<FoundRepository> {
  const name = parseField('name', repositoryNameSchema, asked);
  const registry = await findRegistryByAlias(app, alias);
  if (!registry) throw new AppError('repository_not_found', `Publisher ${alias} doesn't exist.`);
  const registryKey = registry.id;
  const facts = { fullName: `${alias}/${name}` };
  await authorize(app, { ...caller, action: 'ecr:CreateRepository', registryKey, facts });
  await requirePushCreation(app, registry, { alias, name });
  const visibility = registry.pushVisibility;
  return createByTemplate(app, { caller, registryKey, alias, name, purpose: 'push', visibility });
}

async function requirePushCreation(
  app: App,
  { id: registryKey, pushCreation }: FoundRegistry,
  { alias, name }: { alias: string; name: string },
): Promise<void> {
  if (pushCreation === 'always') return;
  if (pushCreation === 'template' && (await matchTemplate(app, { registryKey, name, purpose: 'push' }))) return;
  const why =
    pushCreation === 'never'
      ? "and this registry doesn't create repositories on push"
      : 'and no creation template of this registry matches it';
  throw new AppError('repository_not_found', `${alias}/${name} doesn't exist, ${why}. Create it first.`);
}
