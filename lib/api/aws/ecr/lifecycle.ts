import { z } from 'zod';
import {
  findLifecyclePreview,
  listLifecycleImages,
  type LifecycleImageView,
  type LifecyclePreview,
} from '#lib/images/lifecycle/run-queries.ts';
import { previewLifecyclePolicy } from '#lib/images/lifecycle/preview-lifecycle-policy.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { deleteLifecyclePolicy } from '#lib/repositories/lifecycle/delete-lifecycle-policy.ts';
import { findLifecyclePolicy } from '#lib/repositories/lifecycle/find-lifecycle-policy.ts';
import { putLifecyclePolicy } from '#lib/repositories/lifecycle/put-lifecycle-policy.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import { defineOperations, type Call } from '../define-operations.ts';
import { requireAwsRepository } from '../find-aws-repository.ts';
import { DEFAULT_PAGE, questionOf } from '../images/describe-images.ts';
import { openPageToken, sealPageToken } from '../page-token.ts';
import { ECR_LIFECYCLE_SHAPES } from './shapes/lifecycle.ts';

export const ECR_LIFECYCLE = defineOperations('ecr', ECR_LIFECYCLE_SHAPES, {
  PutLifecyclePolicy: async (app, call, { lifecyclePolicyText, ...named }) => {
    const { fullName, name } = await requireAwsRepository(app, call, named);
    const input = { caller: call.caller, fullName, text: lifecyclePolicyText };
    await putLifecyclePolicy(app, input).catch(toInvalidText);
    return { ...present(call, name), lifecyclePolicyText };
  },

  GetLifecyclePolicy: async (app, call, named) => {
    const { id, name } = await requireAwsRepository(app, call, named);
    const policy = await findLifecyclePolicy(app, id);
    if (!policy) throw missing(call, name, 'policy');
    return { ...present(call, name), ...presentPolicy(policy) };
  },

  DeleteLifecyclePolicy: async (app, call, named) => {
    const { fullName, name } = await requireAwsRepository(app, call, named);
    const policy = await deleteLifecyclePolicy(app, { caller: call.caller, fullName }).catch((error: unknown) => {
      throw isAppError(error) && error.code === 'not_found' ? missing(call, name, 'policy') : error;
    });
    return { ...present(call, name), ...presentPolicy(policy) };
  },

  StartLifecyclePolicyPreview: async (app, call, { lifecyclePolicyText, ...named }) => {
    const { fullName, name } = await requireAwsRepository(app, call, named);
    const input = { caller: call.caller, fullName, text: lifecyclePolicyText };
    const { text } = await previewLifecyclePolicy(app, input).catch((error: unknown) => {
      if (!isAppError(error)) throw error;
      if (error.code === 'not_found') throw missing(call, name, 'policy');
      if (error.code === 'conflict') throw awsError('LifecyclePolicyPreviewInProgressException', error.message);
      return toInvalidText(error);
    });
    return { ...present(call, name), lifecyclePolicyText: text, status: 'COMPLETE' as const };
  },

  GetLifecyclePolicyPreview: async (app, call, input) => {
    const { imageIds, filter = {}, nextToken, maxResults = DEFAULT_PAGE } = input;
    if (imageIds && nextToken !== undefined) throw invalidParameter('nextToken', "can't be used with imageIds");
    const repository = await requireAwsRepository(app, call, input);
    const preview = await findLifecyclePreview(app, repository.id);
    if (!preview) throw missing(call, repository.name, 'policy preview');
    const { id: runId, text, isExpired } = preview;
    const shown = { ...present(call, repository.name), lifecyclePolicyText: text };
    if (isExpired) return { ...shown, status: 'EXPIRED' as const, previewResults: [] };
    const { tagStatus = 'ANY' } = filter;
    const question = questionOf(call, repository.id, `${runId} ${tagStatus}`);
    const after = openPageToken(app.authKeys.awsPages, question, { token: nextToken, schema: z.int() }) ?? -1;
    const rows = await listLifecycleImages(app, {
      runId,
      after,
      limit: (imageIds?.length ?? maxResults) + 1,
      // A run's limit only puts the rest off.
      outcomes: ['planned', 'limited'],
      isTagged: tagStatus === 'ANY' ? undefined : tagStatus === 'TAGGED',
      digests: imageIds?.flatMap(({ imageDigest }) => imageDigest ?? []),
      tags: imageIds?.flatMap(({ imageTag }) => imageTag ?? []),
    });
    const page = imageIds ? rows : rows.slice(0, maxResults);
    const last = page.at(-1);
    return {
      ...shown,
      status: 'COMPLETE' as const,
      previewResults: page.map(presentResult),
      summary: summarize(preview),
      ...(rows.length > page.length &&
        last && { nextToken: sealPageToken(app.authKeys.awsPages, question, last.position) }),
    };
  },
});

function present({ registry }: Call, repositoryName: string) {
  return { registryId: registry.membership.registryId, repositoryName };
}

function presentPolicy({ text, evaluatedAt }: { text: string; evaluatedAt: Date | null }) {
  return { lifecyclePolicyText: text, ...(evaluatedAt && { lastEvaluatedAt: evaluatedAt }) };
}

/** ECR's page of results shows at most 1,000 tags of an image. */
const MAX_TAGS = 1_000;

function presentResult({ digest, tags, pushedAt, isArchived, rulePriority, action }: LifecycleImageView) {
  return {
    imageDigest: digest,
    ...(tags.length > 0 && { imageTags: tags.slice(0, MAX_TAGS) }),
    imagePushedAt: pushedAt,
    appliedRulePriority: rulePriority,
    storageClass: isArchived ? ('ARCHIVE' as const) : ('STANDARD' as const),
    action:
      action === 'expire'
        ? { type: 'EXPIRE' as const }
        : { type: 'TRANSITION' as const, targetStorageClass: 'ARCHIVE' as const },
  };
}

function summarize({ taken }: LifecyclePreview) {
  const countOf = (action: string) =>
    taken
      .filter((each) => each.action === action && (each.outcome === 'planned' || each.outcome === 'limited'))
      .reduce((sum, { count }) => sum + count, 0);
  const transitions = countOf('transition');
  return {
    expiringImageTotalCount: countOf('expire'),
    transitioningImageTotalCounts:
      transitions > 0 ? [{ targetStorageClass: 'ARCHIVE' as const, imageTotalCount: transitions }] : [],
  };
}

/** Names the member as AWS spells it. */
function toInvalidText(error: unknown): never {
  if (!isAppError(error) || error.code !== 'invalid_input') throw error;
  throw invalidParameter('LifecyclePolicyText', `Lifecycle policy validation failure: ${error.message}`);
}

function missing({ registry }: Call, repositoryName: string, what: 'policy' | 'policy preview') {
  return awsError(
    what === 'policy' ? 'LifecyclePolicyNotFoundException' : 'LifecyclePolicyPreviewNotFoundException',
    `Lifecycle ${what} does not exist for the repository with name '${repositoryName}' in the registry with id '${registry.membership.registryId}'`,
  );
}
