// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html
import { z } from 'zod';
import type { AwsApp } from '../aws-app.ts';
import type { Call } from '../define-operations.ts';
import { requireAwsRepository, type AddressedRepository } from '../find-aws-repository.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { DEFAULT_PAGE, questionOf, type ImageFilter, type PageInput } from './describe-images.ts';
import { listImageIdRows } from './image-rows.sql.ts';

const positionSchema = z.object({ digest: z.string(), tag: z.string().nullable() });

type Input = AddressedRepository & PageInput & { filter?: ImageFilter | undefined };

/** Lists an id for each tag, and one for each image without tags. */
export async function listImages(app: AwsApp, call: Call, input: Input) {
  const { nextToken, maxResults = DEFAULT_PAGE, filter = {} } = input;
  const { tagStatus = 'ANY', imageStatus = 'ACTIVE' } = filter;
  const { id: repositoryId } = await requireAwsRepository(app, call, input);
  const question = questionOf(call, repositoryId, `${tagStatus} ${imageStatus}`);
  const position = openPageToken(app.authKeys.awsPages, question, { token: nextToken, schema: positionSchema });
  const after = { after: position?.digest ?? '', afterTag: position?.tag ?? '' };
  const { rows, end } = await listImageIdRows(app, {
    repositoryId,
    tagStatus,
    imageStatus,
    ...after,
    limit: maxResults,
  });
  return {
    imageIds: rows.map(({ digest, tag }) => ({ imageDigest: digest, ...(tag !== null && { imageTag: tag }) })),
    ...(end !== null && { nextToken: sealPageToken(app.authKeys.awsPages, question, end) }),
  };
}
