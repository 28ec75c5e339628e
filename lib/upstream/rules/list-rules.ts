import type { Db } from '#lib/platform/pg/db.ts';
import type { PullThroughRule } from './create-rule.ts';

/** Lists a registry's rules by prefix. There are few (create-rule.ts). Callers authorize. */
export async function listPullThroughRules(
  app: { db: Db },
  { registryKey }: { registryKey: bigint },
): Promise<PullThroughRule[]> {
  return app.db.pullThroughRule.findMany({
    where: { registryKey },
    orderBy: { prefix: 'asc' },
    include: { upstream: { select: { host: true } } },
  });
}
