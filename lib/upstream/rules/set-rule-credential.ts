import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import type { PullThroughRule } from './create-rule.ts';
import { requireCredentials } from './require-credentials.ts';

type RuleCredential = { caller: UserCaller; registryKey: bigint; prefix: string; credentialArn: string };

/**
 * Keeps the secret that an AWS client names for a rule. Its upstream must have stored credentials, which the rule uses.
 * @throws AppError `forbidden`, `not_found`; `conflict` without stored credentials
 */
export async function setRuleCredential(
  app: { db: Db },
  { caller, registryKey, prefix, credentialArn }: RuleCredential,
): Promise<PullThroughRule> {
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  return app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    const where = { registryKey_prefix: { registryKey, prefix } };
    const include = { upstream: true, registry: { select: { registryId: true } } } as const;
    const before = await tx.pullThroughRule.findUnique({ where, include });
    if (!before) throw new AppError('not_found', 'This registry has no pull-through rule with this prefix.');
    const { upstream, registry, ...rule } = before;
    await requireCredentials(tx, upstream);
    const { host } = upstream;
    if (rule.credentialArn === credentialArn) return { ...rule, upstream: { host } };
    const updatedAt = new Date();
    await tx.pullThroughRule.update({ where, data: { credentialArn, updatedAt }, select: { prefix: true } });
    await recordChange(tx, {
      type: 'registry.update-pull-through-rule',
      caller,
      registryKey,
      resource: { name: registry.registryId },
      before: { prefix, credentialArn: rule.credentialArn },
      after: { prefix, credentialArn },
    });
    return { ...rule, credentialArn, updatedAt, upstream: { host } };
  });
}
