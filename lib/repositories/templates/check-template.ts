import { authorize } from '#lib/access/authorize.ts';
import { invalidPolicy } from '#lib/access/attached/invalid-policy.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { RepositoryKeys } from '#lib/keys/repository-keys.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { invalidField, parseInput } from '#lib/platform/parse-input.ts';
import { ADDRESS_COLUMNS, registryAddress } from '#lib/publishers/registry-address.ts';
import { readLifecyclePolicy } from '#lib/repositories/lifecycle/schema.ts';
import { checkAttachedPolicy } from '#lib/repositories/policies/check-attached-policy.ts';
import { tagMutabilityRuleSchema } from '#lib/repositories/tag-mutability/schema.ts';
import type { TemplateSettings } from './schema.ts';

type App = { db: Db; repositoryKeys: RepositoryKeys };

type Checked = {
  caller: UserCaller;
  registryKey: bigint;
  prefix: string;
  settings: TemplateSettings;
  /** What the template has now. Null for a new one. */
  before: TemplateSettings | null;
};

/**
 * Checks what a template would write to repositories. A policy, a lifecycle policy or tags that the caller adds need the
 * permission to set them below the prefix, so that a template grants nothing that its author couldn't.
 * @throws AppError `invalid_input`, `forbidden`, `key_refused`, `unavailable` for a KMS key
 */
export async function checkTemplate(
  app: App,
  { caller, registryKey, prefix, settings, before }: Checked,
): Promise<void> {
  const { repositoryPolicy, lifecyclePolicy, resourceTags, tagMutability, tagExclusions } = settings;
  const isMirror = settings.appliedFor.includes('pull_through');
  const registry = await app.db.registry.findUniqueOrThrow({ where: { id: registryKey }, select: ADDRESS_COLUMNS });
  const visibility = settings.visibility ?? 'private';
  const fullName = `${registryAddress(registry)}/${prefix === '' ? '*' : `${prefix}/*`}`;
  const facts = { fullName, visibility };
  parseInput(tagMutabilityRuleSchema, { tagMutability, tagExclusions });
  if (repositoryPolicy !== null && repositoryPolicy !== before?.repositoryPolicy) {
    await authorize(app, { ...caller, action: 'ecr:SetRepositoryPolicy', registryKey, facts });
    const target = { kind: 'repository', visibility } as const;
    const { document, findings } = await checkAttachedPolicy(app, { text: repositoryPolicy, target });
    if (!document) throw invalidPolicy(findings);
  }
  if (lifecyclePolicy !== null) {
    if (lifecyclePolicy !== before?.lifecyclePolicy) {
      await authorize(app, { ...caller, action: 'ecr:PutLifecyclePolicy', registryKey, facts });
    }
    const read = readLifecyclePolicy(lifecyclePolicy);
    if ('problem' in read) throw invalidField('lifecyclePolicy', read.problem);
    if (isMirror && read.policy.rules.some(({ action }) => action.type === 'transition')) {
      const message =
        "Mirrors can't archive images. Remove the transition, or don't apply the template to pull-through.";
      throw invalidField('lifecyclePolicy', message);
    }
  }
  if (resourceTags.length > 0 && JSON.stringify(resourceTags) !== JSON.stringify(before?.resourceTags)) {
    const tags = { requestTags: resourceTags, tagKeys: resourceTags.map(({ key }) => key) };
    await authorize(app, { ...caller, action: 'ecr:TagResource', registryKey, facts: { ...facts, ...tags } });
  }
  if (!settings.usesKms) {
    if (settings.kmsKey !== null) throw invalidField('kmsKey', 'Only KMS encryption takes a key.');
    return;
  }
  if (isMirror) {
    throw invalidField(
      'usesKms',
      "Mirrors use the key of the site. Use AES256, or don't apply the template to pull-through.",
    );
  }
  if (!before?.usesKms || before.kmsKey !== settings.kmsKey) await app.repositoryKeys.open(settings.kmsKey);
}
