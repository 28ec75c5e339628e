import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import type { PullThroughRule } from './create-rule.ts';

/**
 * Stops pulling unknown names below a prefix through. Repositories that it created stay mirrors.
 * @throws AppError `not_found`, `forbidden`
 */
export async function deleteRule(
  app: { db: Db },
  { caller, registryKey, prefix }: { caller: UserCaller; registryKey: bigint; prefix: string },
): Promise<PullThroughRule> {
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  return app.db.$transaction(async (tx) => {
    const where = { registryKey_prefix: { registryKey, prefix } };
    const include = { upstream: { select: { host: true } }, registry: { select: { registryId: true } } } as const;
    const rule = await tx.pullThroughRule.delete({ where, include }).catch((cause: unknown) => {
      if (errorCode(cause) !== 'P2025') throw cause;
      throw new AppError('not_found', 'This registry has no pull-through rule with this prefix.', { cause });
    });
    const { upstream, upstreamPrefix } = rule;
    await recordChange(tx, {
      type: 'registry.remove-pull-through-rule',
      caller,
      registryKey,
      resource: { name: rule.registry.registryId },
      before: { prefix, upstream: upstream.host, upstreamPrefix },
    });
    return rule;
  });
}
