import type { PolicyCache } from '#lib/access/attached/attached-policy.ts';
import type { AuditCaller } from '#lib/events/audit-row.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { FoundRepository, MirrorSource } from '#lib/repositories/find-repository.ts';
import { insertRepository } from './insert-repository.ts';
import type { Visibility } from '#lib/repositories/schema.ts';
import type { TemplatePurpose } from './schema.ts';
import { matchTemplate } from './template-rows.ts';

export type CreateByTemplateInput = {
  caller: AuditCaller;
  registryKey: bigint;
  alias: string;
  /** Without the alias. */
  name: string;
  /** How the repository comes into being. */
  purpose: TemplatePurpose;
  /** Unless a template decides, which it can't for pull-through. */
  visibility: Visibility;
  /** Of a mirror. */
  upstream?: MirrorSource | null;
};

/**
 * Creates a repository that nobody asked for by itself, with the settings of the template whose prefix matches best. Callers
 * authorize and check the name. `repositoryKeys` is needed unless the repository is a mirror.
 * @throws AppError `name_taken`; `key_refused`, `unavailable` for the template's KMS key
 */
export async function createByTemplate(
  app: { db: Db; repositoryKeys?: RepositoryKeys; policies?: PolicyCache },
  { purpose, ...named }: CreateByTemplateInput,
): Promise<FoundRepository> {
  const { registryKey, name } = named;
  const template = await matchTemplate(app, { registryKey, name, purpose });
  // Asks another service, so it can't wait in the transaction.
  const key = template?.usesKms ? await openKey(app, template) : null;
  return app.db.$transaction((tx) =>
    insertRepository(
      { tx, ...(app.policies && { policies: app.policies }) },
      {
        ...named,
        ...(template && {
          visibility: (purpose !== 'pull_through' && template.visibility) || named.visibility,
          tagRule: { tagMutability: template.tagMutability, tagExclusions: template.tagExclusions },
          key,
          resourceTags: template.resourceTags,
          policy: template.repositoryPolicy,
          lifecyclePolicy: template.lifecyclePolicy,
          template: template.prefix,
        }),
      },
    ),
  );
}

function openKey({ repositoryKeys }: { repositoryKeys?: RepositoryKeys }, { kmsKey }: { kmsKey: string | null }) {
  if (!repositoryKeys) throw new TypeError('No keys of repositories.');
  return repositoryKeys.open(kmsKey);
}
