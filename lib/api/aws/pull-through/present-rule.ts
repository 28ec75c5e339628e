import { servingHost } from '#lib/upstream/client/docker-hub.ts';
import type { PullThroughRule } from '#lib/upstream/rules/create-rule.ts';
import type { Call } from '../define-operations.ts';
import { upstreamRegistryOf } from './upstream-registries.ts';

/** AWS writes an empty prefix this way. */
export const ROOT_PREFIX = 'ROOT';

/** The trailing slash is implied. */
export function parseRulePrefix(text: string | undefined): string {
  return text === undefined || text === ROOT_PREFIX ? '' : text.replace(/\/$/, '');
}

/**
 * Presents a rule as it was written, because Terraform replaces a rule whose members differ from its configuration.
 * @param asked the caller's spelling of the prefix, which may end in a slash
 */
export function presentRule(
  { holder }: Call,
  { prefix, upstreamPrefix, credentialArn, createdAt, updatedAt, upstream }: PullThroughRule,
  asked = prefix || ROOT_PREFIX,
) {
  const { host } = upstream;
  const upstreamRegistry = upstreamRegistryOf(host);
  return {
    registryId: holder.membership.registryId,
    ecrRepositoryPrefix: asked,
    ...(upstreamPrefix !== '' && { upstreamRepositoryPrefix: upstreamPrefix }),
    upstreamRegistryUrl: servingHost(host),
    ...(upstreamRegistry !== null && { upstreamRegistry }),
    ...(credentialArn !== null && { credentialArn }),
    createdAt,
    updatedAt,
  };
}
