// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html
import { z } from 'zod';
import { listReferrerRows } from '#lib/distribution/pull/list-stored-referrers.sql.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import type { AwsApp } from '../aws-app.ts';
import { invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { requireAwsRepository, type AddressedRepository } from '../find-aws-repository.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { questionOf, toImageStatus, type PageInput } from './describe-images.ts';
import type { ImageStatus } from './image-rows.sql.ts';

const DEFAULT_REFERRERS = 20;
const MAX_ANNOTATION_BYTES = 1024 * 1024;

type Filter = { artifactTypes?: string[] | undefined; artifactStatus?: ImageStatus | undefined };
type Input = AddressedRepository & PageInput & { subjectId: { imageDigest: string }; filter?: Filter | undefined };

/** Lists stored manifests whose `subject` is an image. */
export async function listImageReferrers(app: AwsApp, call: Call, input: Input) {
  const { subjectId, nextToken, maxResults = DEFAULT_REFERRERS, filter = {} } = input;
  const subject = parseDigest(subjectId.imageDigest);
  if (!subject) throw invalidParameter('subjectId.imageDigest', 'must be a digest such as sha256:…');
  const { id: repositoryId } = await requireAwsRepository(app, call, input);
  const { artifactStatus = 'ACTIVE' } = filter;
  const artifactTypes = filter.artifactTypes?.length ? filter.artifactTypes : null;
  const question = questionOf(call, repositoryId, JSON.stringify([subject, artifactTypes, artifactStatus]));
  const after = openPageToken(app.authKeys.awsPages, question, { token: nextToken, schema: z.string() }) ?? '';
  if (artifactStatus === 'ACTIVATING') return { referrers: [] };
  const isArchived = artifactStatus === 'ANY' ? null : artifactStatus === 'ARCHIVED';
  const limits = { maxBytes: MAX_ANNOTATION_BYTES, maxRows: maxResults };
  const rows = await listReferrerRows(app.pool, { repositoryId, subject, artifactTypes, isArchived, after, ...limits });
  const last = rows.at(-1);
  const hasMore = Number(last?.total ?? 0) > rows.length;
  return {
    referrers: rows.map((row) => ({
      digest: row.digest,
      mediaType: row.media_type,
      size: row.size_bytes,
      ...(row.artifact_type && { artifactType: row.artifact_type.slice(0, 255) }),
      ...(Object.keys(row.annotations).length > 0 && { annotations: row.annotations }),
      artifactStatus: toImageStatus(row.is_archived),
    })),
    ...(hasMore && last && { nextToken: sealPageToken(app.authKeys.awsPages, question, last.digest) }),
  };
}
