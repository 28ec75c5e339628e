// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
import { checkRule } from '#lib/upstream/rules/check-rule.ts';
import { createRule } from '#lib/upstream/rules/create-rule.ts';
import { deleteRule } from '#lib/upstream/rules/delete-rule.ts';
import { setRuleCredential } from '#lib/upstream/rules/set-rule-credential.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { servingHost } from '#lib/upstream/client/docker-hub.ts';
import { parseUpstreamHost } from '#lib/upstream/client/parse-upstream-host.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { requireAwsRegistry } from '../find-aws-repository.ts';
import { listRules, requireRule, ruleNotFound } from '../pull-through/list-rules.ts';
import { parseRulePrefix, presentRule } from '../pull-through/present-rule.ts';
import { upstreamRegistryOf } from '../pull-through/upstream-registries.ts';
import { ECR_PULL_THROUGH_SHAPES } from './shapes/pull-through.ts';

const NO_ROLES = "Rules can't use roles. Omit customRoleArn.";
const NO_ECR = "Private ECR registries need an IAM role, which this site doesn't support. Choose another upstream.";
const ROOT_HAS_NO_PREFIX = 'A rule for ROOT takes names as they are. Omit upstreamRepositoryPrefix.';

export const ECR_PULL_THROUGH = defineOperations('ecr', ECR_PULL_THROUGH_SHAPES, {
  CreatePullThroughCacheRule: async (app, call, { registryId, ...asked }) => {
    await requireAwsRegistry(app, call, { registryId });
    readCredential(call, asked);
    const host = readUpstreamHost(asked.upstreamRegistryUrl);
    const prefix = parseRulePrefix(asked.ecrRepositoryPrefix);
    const upstreamPrefix = readUpstreamPrefix(asked.upstreamRepositoryPrefix);
    const upstreamRegistry = upstreamRegistryOf(host);
    if (upstreamRegistry === 'ecr') throw awsError('ValidationException', NO_ECR);
    if (asked.upstreamRegistry !== undefined && asked.upstreamRegistry !== upstreamRegistry) {
      throw awsError('ValidationException', `${host} isn't an address of ${asked.upstreamRegistry}.`);
    }
    if (prefix === '' && upstreamPrefix !== '') throw awsError('ValidationException', ROOT_HAS_NO_PREFIX);
    const { caller, holder } = call;
    const { registryKey } = holder;
    const { credentialArn } = asked;
    const created = { caller, registryKey, prefix, upstream: { host }, upstreamPrefix, credentialArn };
    const rule = await createRule(app, created).catch((error: unknown) => {
      throw toRuleError(call, asked.ecrRepositoryPrefix, error);
    });
    return presentRule(call, rule, asked.ecrRepositoryPrefix);
  },

  DescribePullThroughCacheRules: async (app, call, { registryId, ...asked }) => {
    await requireAwsRegistry(app, call, { registryId });
    const { rules, ...page } = await listRules(app, call, asked);
    return { pullThroughCacheRules: rules.map((rule) => presentRule(call, rule, rule.asked)), ...page };
  },

  UpdatePullThroughCacheRule: async (app, call, { registryId, ...asked }) => {
    await requireAwsRegistry(app, call, { registryId });
    const { ecrRepositoryPrefix, credentialArn } = asked;
    const found = await requireRule(app, call, ecrRepositoryPrefix);
    readCredential(call, asked);
    if (credentialArn === undefined) return presentRule(call, found, ecrRepositoryPrefix);
    const { caller, holder } = call;
    const changed = { caller, registryKey: holder.registryKey, prefix: found.prefix, credentialArn };
    const rule = await setRuleCredential(app, changed).catch((error: unknown) => {
      throw toRuleError(call, ecrRepositoryPrefix, error);
    });
    return presentRule(call, rule, ecrRepositoryPrefix);
  },

  DeletePullThroughCacheRule: async (app, call, { registryId, ecrRepositoryPrefix }) => {
    await requireAwsRegistry(app, call, { registryId });
    const { caller, holder } = call;
    const asked = { caller, registryKey: holder.registryKey, prefix: parseRulePrefix(ecrRepositoryPrefix) };
    const rule = await deleteRule(app, asked).catch((error: unknown) => {
      throw toRuleError(call, ecrRepositoryPrefix, error);
    });
    return presentRule(call, rule, ecrRepositoryPrefix);
  },

  ValidatePullThroughCacheRule: async (app, call, { registryId, ecrRepositoryPrefix }) => {
    await requireAwsRegistry(app, call, { registryId });
    const rule = await requireRule(app, call, ecrRepositoryPrefix);
    const failure = await checkRule(app, rule.upstreamId);
    return {
      ...presentRule(call, rule, ecrRepositoryPrefix),
      isValid: failure === null,
      ...(failure !== null && { failure }),
    };
  },
});

/** Takes only the spelling that answers have, so that Terraform finds what it wrote. */
function readUpstreamHost(url: string): string {
  const host = parseUpstreamHost(url.replace(/^https:\/\//i, '').replace(/\/$/, ''));
  if (host === null) throw invalidParameter('upstreamRegistryUrl', 'must be a host name, such as quay.io');
  const spelling = servingHost(host);
  if (url !== spelling) throw invalidParameter('upstreamRegistryUrl', `must be written as ${spelling}`);
  return host;
}

function readUpstreamPrefix(asked: string | undefined): string {
  const prefix = parseRulePrefix(asked);
  if (asked === undefined || asked === prefix) return prefix;
  const remedy = prefix === '' ? 'must be omitted to take every name' : `must be written as ${prefix}`;
  throw invalidParameter('upstreamRepositoryPrefix', remedy);
}

/**
 * The site has no secrets of AWS. A rule uses the credentials that its registry stores for the upstream, whatever the name of
 * the secret.
 */
function readCredential(
  { holder }: Call,
  { credentialArn, customRoleArn }: { credentialArn?: string | undefined; customRoleArn?: string | undefined },
): void {
  if (customRoleArn !== undefined) throw awsError('ValidationException', NO_ROLES);
  const { registryId } = holder.membership;
  if (credentialArn === undefined || credentialArn.split(':')[4] === registryId) return;
  throw awsError('UnableToAccessSecretException', `The secret isn't one of registry ${registryId}: ${credentialArn}`);
}

function toRuleError({ holder }: Call, prefix: string, error: unknown): unknown {
  if (!isAppError(error)) return error;
  const { registryId } = holder.membership;
  if (error.code === 'not_found') return ruleNotFound(registryId, prefix);
  if (error.code === 'conflict') return awsError('SecretNotFoundException', error.message);
  if (error.code !== 'name_taken') return error;
  return awsError(
    'PullThroughCacheRuleAlreadyExistsException',
    `The pull through cache rule with repository prefix '${prefix}' already exists in the registry with id '${registryId}'`,
  );
}
