import type { Db } from '#lib/platform/pg/db.ts';

export type NamedRule = { prefix: string; upstreamId: bigint; upstreamPrefix: string; upstream: { host: string } };

/** Finds the rule with the longest prefix of a repository's name. */
export async function findRule(
  app: { db: Db },
  { registryKey, name }: { registryKey: bigint; name: string },
): Promise<NamedRule | null> {
  const parts = name.split('/');
  const prefixes = parts.map((_part, at) => parts.slice(0, at).join('/'));
  const rules = await app.db.pullThroughRule.findMany({
    where: { registryKey, prefix: { in: prefixes } },
    select: { prefix: true, upstreamId: true, upstreamPrefix: true, upstream: { select: { host: true } } },
  });
  return rules.reduce<NamedRule | null>(
    (longest, rule) => (longest && longest.prefix.length > rule.prefix.length ? longest : rule),
    null,
  );
}
