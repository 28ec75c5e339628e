import type { Digest } from '#lib/oci/digest.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { listReferrers } from '#lib/distribution/pull/list-referrers.ts';
import { latestCacheControl } from './cache-headers.ts';
import { requireDigest } from '#lib/distribution/http/parse-params.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { sendJson } from '#lib/distribution/http/respond.ts';

const MAX_ARTIFACT_TYPE_LENGTH = 255;

/**
 * "If the query results in no matches, an empty manifest list MUST be returned". After a 404, clients would conclude
 * that this site lacks the referrers API.
 */
export async function getReferrers({ app, res, query, params, repository }: PullRequest<{ digest: Digest }>) {
  const subject = params.digest;
  const artifactType = readArtifactType(query);
  const lastText = query.get('last');
  const last = lastText === null ? null : requireDigest(lastText);
  const { referrers, hasMore, status } = await listReferrers(app, { repository, subject, artifactType, last });

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

/** PostgreSQL rejects a NUL, so replace it by a character that matches no manifest either. */
function readArtifactType(query: URLSearchParams): string | null {
  const text = query.get('artifactType');
  return text === null ? null : text.replaceAll('\0', '\ufffd').slice(0, MAX_ARTIFACT_TYPE_LENGTH);
}
