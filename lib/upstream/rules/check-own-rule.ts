import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { checkRule } from './check-rule.ts';

type App = Parameters<typeof checkRule>[0];

/**
 * Checks a rule's upstream for a member who manages mirrors.
 * @throws AppError `forbidden`, `not_found`
 */
export async function checkOwnRule(
  app: App,
  { caller, registryKey, prefix }: { caller: UserCaller; registryKey: bigint; prefix: string },
): Promise<{ problem: string | null }> {
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  const where = { registryKey_prefix: { registryKey, prefix } };
  const rule = await app.db.pullThroughRule.findUnique({ where, select: { upstreamId: true } });
  if (!rule) throw new AppError('not_found', 'This registry has no pull-through rule with this prefix.');
  return { problem: await checkRule(app, rule.upstreamId) };
}
