// https://docs.aws.amazon.com/AmazonECRPublic/latest/APIReference/API_DescribeImageTags.html
import { z } from 'zod';
import type { AwsApp } from '../aws-app.ts';
import type { Call } from '../define-operations.ts';
import { requireAwsRepository, type AddressedRepository } from '../find-aws-repository.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { DEFAULT_PAGE, presentReferenced, questionOf, type PageInput } from './describe-images.ts';
import { listImageTagRows } from './image-rows.sql.ts';

export async function describeImageTags(app: AwsApp, call: Call, input: AddressedRepository & PageInput) {
  const { nextToken, maxResults = DEFAULT_PAGE } = input;
  const { id: repositoryId } = await requireAwsRepository(app, call, input);
  const question = questionOf(call, repositoryId, '');
  const after = openPageToken(app.authKeys.awsPages, question, { token: nextToken, schema: z.string() }) ?? '';
  const rows = await listImageTagRows(app, { repositoryId, after, limit: maxResults + 1 });
  const shown = rows.slice(0, maxResults);
  const last = shown.at(-1);
  return {
    imageTagDetails: shown.map((row) => {
      return { imageTag: row.name, createdAt: row.createdAt, imageDetail: presentReferenced(row) };
    }),
    ...(rows.length > shown.length && last && { nextToken: sealPageToken(app.authKeys.awsPages, question, last.name) }),
  };
}
