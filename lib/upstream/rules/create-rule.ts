import { z } from 'zod';
import { authorize } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { isName } from '#lib/oci/name.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError, errorCode } from '#lib/platform/errors.ts';
import { invalidField, parseInput } from '#lib/platform/parse-input.ts';
import { lockRegistry } from '#lib/publishers/lock-registry.sql.ts';
import { parseUpstreamHost } from '#lib/upstream/client/parse-upstream-host.ts';
import type { UpstreamRuntime } from '#lib/upstream/pull-through/upstream-runtime.ts';
import { saveUpstream } from '#lib/upstream/mirrors/save-upstream.ts';
import { requireCredentials } from './require-credentials.ts';
import { upstreamPrefixSchema, upstreamSettingsSchema, type UpstreamSettingsInput } from '#lib/upstream/schema.ts';

export const MAX_RULES = 50;

export type CreateRuleInput = {
  caller: UserCaller;
  registryKey: bigint;
  /** Empty for every name. */
  prefix: string;
  /** Omitted settings of an upstream that the registry already has keep their values. */
  upstream: UpstreamSettingsInput;
  /** Replaces the prefix at the upstream. Empty to drop it. */
  upstreamPrefix: string;
  /** Kept for AWS clients. The upstream must have stored credentials. */
  credentialArn?: string | undefined;
};

const inputSchema = z.object({
  prefix: z.string().refine((text) => text === '' || isName(text), 'Enter a name prefix, such as docker-hub.'),
  upstream: upstreamSettingsSchema,
  upstreamPrefix: upstreamPrefixSchema,
});

export type PullThroughRule = {
  prefix: string;
  upstreamPrefix: string;
  credentialArn: string | null;
  createdAt: Date;
  updatedAt: Date;
  upstream: { host: string };
};

type App = { db: Db; secrets: StoredSecrets; upstream: Pick<UpstreamRuntime, 'settings'> };

/**
 * Pulls unknown names below a prefix through, into private repositories. Local repositories take precedence.
 * @throws AppError `invalid_input`, `forbidden`, `name_taken`, `quota_exceeded`; `conflict` for a `credentialArn` without
 *   stored credentials
 */
export async function createRule(app: App, input: CreateRuleInput): Promise<PullThroughRule> {
  const { caller, registryKey, credentialArn = null } = input;
  const { prefix, upstreamPrefix, upstream: asked } = parseInput(inputSchema, input);
  const host = parseUpstreamHost(asked.host);
  if (host === null) throw invalidField('host', 'Enter a host name, such as ghcr.io or registry.example.org:5000.');
  await authorize(app, { ...caller, action: 'vitrine:ManageMirrors', registryKey });
  const { upstreamId, ...created } = await app.db.$transaction(async (tx) => {
    await lockRegistry(tx, registryKey);
    if ((await tx.pullThroughRule.count({ where: { registryKey } })) >= MAX_RULES) {
      throw new AppError('quota_exceeded', `A registry can have at most ${MAX_RULES} pull-through rules.`);
    }
    const known = await tx.upstream.findUnique({ where: { registryKey_host: { registryKey, host } } });
    const upstream =
      known && !hasSettings(asked) ? known : await saveUpstream(app, tx, { caller, registryKey, settings: asked });
    if (credentialArn !== null) await requireCredentials(tx, upstream);
    const { registry, ...rule } = await tx.pullThroughRule
      .create({
        data: { registryKey, prefix, upstreamPrefix, credentialArn, upstreamId: upstream.id },
        include: { registry: { select: { registryId: true } } },
      })
      .catch((cause: unknown) => {
        if (errorCode(cause) !== 'P2002') throw cause;
        throw new AppError('name_taken', 'A pull-through rule with this prefix exists already.', { cause });
      });
    await recordChange(tx, {
      type: 'registry.add-pull-through-rule',
      caller,
      registryKey,
      resource: { name: registry.registryId },
      after: { prefix, upstream: host, upstreamPrefix },
    });
    return { ...rule, upstream: { host } };
  });
  app.upstream.settings.delete(upstreamId);
  return created;
}

function hasSettings({ host: _host, ...settings }: UpstreamSettingsInput): boolean {
  return Object.values(settings).some((value) => value !== undefined);
}
