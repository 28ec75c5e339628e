import { findTagProblem, type KeyedTag } from '#lib/access/tags/schema.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { awsError } from '../aws-error.ts';

export type AwsTag = { Key?: string | undefined; Value?: string | undefined };

/** @throws AppError `InvalidTagParameterException` */
export function parseAwsTags(tags: readonly AwsTag[]): KeyedTag[] {
  const parsed = tags.map(({ Key: key = '', Value: value = '' }) => ({ key, value }));
  const problem = findTagProblem(parsed);
  if (problem !== null) throw awsError('InvalidTagParameterException', problem);
  return parsed;
}

/** Maps an exceeded quota to an AWS error. Only resource tags have a quota here. */
export function toTagError(error: unknown): unknown {
  const isTooMany = isAppError(error) && error.code === 'quota_exceeded';
  return isTooMany ? awsError('TooManyTagsException', error.message) : error;
}
