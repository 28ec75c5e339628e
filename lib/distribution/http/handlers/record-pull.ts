import type { Reference } from '#lib/oci/reference.ts';
import { readClientAddress } from '#lib/platform/http/requests.ts';
import { describeCredentials } from '#lib/distribution/authorization/credentials.ts';
import type { PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';

/** A key of the pull log takes no more of what a client may make as long as it likes. */
const MAX_USER_AGENT_LENGTH = 300;

/** Counts the GET of a manifest, and who sent it, in memory alone. */
export function recordPull(
  { app, req, repository, credentials, params }: PullRequest<{ reference: Reference }>,
  { digest, repositoryId = repository.id }: Pick<PulledManifest, 'digest'> & { repositoryId?: bigint },
): void {
  const { reference } = params;
  const tag = reference.kind === 'tag' ? reference.tag : null;
  app.pullCounter.count(repositoryId, tag);
  const { userId, credential, accessTokenId } = describeCredentials(credentials);
  app.pullLog.record({
    registryKey: repository.registryKey,
    fullName: repository.fullName,
    name: repository.name,
    tag,
    digest,
    userId,
    credential,
    accessTokenId,
    address: readClientAddress(req),
    userAgent: req.headers['user-agent']?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
  });
}
