import { z } from 'zod';
import type { PullThroughRule } from '#lib/upstream/rules/create-rule.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { parseRulePrefix } from './present-rule.ts';

const DEFAULT_RESULTS = 100;

export type FoundRule = PullThroughRule & { upstreamId: bigint };

type Asked = {
  ecrRepositoryPrefixes?: string[] | undefined;
  maxResults?: number | undefined;
  nextToken?: string | undefined;
};

/** @throws AppError `PullThroughCacheRuleNotFoundException` */
export async function requireRule(app: AwsApp, { holder }: Call, asked: string): Promise<FoundRule> {
  const { registryKey } = holder;
  const prefix = parseRulePrefix(asked);
  const where = { registryKey_prefix: { registryKey, prefix } };
  const rule = await app.db.pullThroughRule.findUnique({ where, include: SHOWN_RULE });
  if (rule) return rule;
  throw ruleNotFound(holder.membership.registryId, asked);
}

const SHOWN_RULE = { upstream: { select: { host: true } } } as const;

export function ruleNotFound(registryId: string, prefix: string) {
  return awsError(
    'PullThroughCacheRuleNotFoundException',
    `The pull through cache rule with repository prefix '${prefix}' does not exist in the registry with id '${registryId}'`,
  );
}

/** @throws AppError `PullThroughCacheRuleNotFoundException`, `InvalidParameterException` */
export async function listRules(
  app: AwsApp,
  call: Call,
  { ecrRepositoryPrefixes: prefixes, maxResults = DEFAULT_RESULTS, nextToken }: Asked,
): Promise<{ rules: (FoundRule & { asked?: string })[]; nextToken?: string }> {
  if (prefixes) {
    if (nextToken !== undefined) throw invalidParameter('nextToken', 'must not be combined with ecrRepositoryPrefixes');
    const rules = [];
    for (const asked of new Set(prefixes)) rules.push({ ...(await requireRule(app, call, asked)), asked });
    return { rules };
  }
  const { registryKey, membership } = call.holder;
  const key = app.authKeys.awsPages;
  const question = [call.action, membership.registryId];
  const after = openPageToken(key, question, { token: nextToken, schema: z.string() });
  const rows = await app.db.pullThroughRule.findMany({
    where: { registryKey, ...(after !== null && { prefix: { gt: after } }) },
    orderBy: { prefix: 'asc' },
    take: maxResults + 1,
    include: SHOWN_RULE,
  });
  const rules = rows.slice(0, maxResults);
  const last = rules.at(-1);
  if (rows.length <= maxResults || !last) return { rules };
  return { rules, nextToken: sealPageToken(key, question, last.prefix) };
}
