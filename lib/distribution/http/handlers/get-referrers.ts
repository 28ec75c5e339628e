import type { Digest } from '#lib/oci/digest.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { isMirrored } from '#lib/upstream/mirrors/mirrored-repository.ts';
import { listMirroredReferrers } from '#lib/distribution/pull/list-mirrored.ts';
import { listReferrers } from '#lib/distribution/pull/list-referrers.ts';
import { latestCacheControl } from './cache-headers.ts';
import { requireDigest } from '#lib/distribution/http/parse-params.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { sendJson } from '#lib/distribution/http/respond.ts';

const MAX_ARTIFACT_TYPE_LENGTH = 255;

/**
 * "If the query results in no matches, an empty manifest list MUST be returned": never 404, by which clients would take us
 * for a registry without this API.
 */
export async function getReferrers({ app, res, query, params, repository }: PullRequest<{ digest: Digest }>) {
  const subject = params.digest;
  const artifactType = readArtifactType(query);
  const lastText = query.get('last');
  const last = lastText === null ? null : requireDigest(lastText);
  const asked = { subject, artifactType, last };
  const { referrers, hasMore, status } = isMirrored(repository)
    ? await listMirroredReferrers(app, { repository, ...asked })
    : { ...(await listReferrers(app, { repositoryId: repository.id, ...asked })), status: null };

  const next = new URLSearchParams({
    ...(artifactType !== null && { artifactType }),
    last: referrers.at(-1)?.digest ?? '',
  });
  const link = `</v2/${repository.fullName}/referrers/${subject}?${next.toString()}>; rel="next"`;
  const index = { schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: referrers };
  sendJson(res, 200, index, {
    'Content-Type': OCI_IMAGE_INDEX,
    'Cache-Control': latestCacheControl(repository),
    ...(artifactType !== null && { 'OCI-Filters-Applied': 'artifactType' }),
    ...(hasMore && { Link: link }),
    ...(status && { 'X-Cache': status }),
  });
}

/** What no manifest can have matches none; Postgres would refuse to look for a NUL. */
function readArtifactType(query: URLSearchParams): string | null {
  const text = query.get('artifactType');
  return text === null ? null : text.replaceAll('\0', '\ufffd').slice(0, MAX_ARTIFACT_TYPE_LENGTH);
}
