// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
import { describePassword } from '#lib/distribution/authorization/credentials.ts';
import { notePull } from '#lib/distribution/http/handlers/record-pull.ts';
import { pullManifest, type PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import { parseAccept } from '#lib/distribution/translate/accept-header.ts';
import { chooseFormat } from '#lib/distribution/translate/choose-format.ts';
import { translateManifest } from '#lib/distribution/translate/translate-manifest.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Reference } from '#lib/oci/reference.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { refuseQuarantined } from '#lib/repositories/refuse-quarantined.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import type { ImageId } from '../find-aws-image.ts';
import { requireAwsRepository, toNamedImages, type AddressedRepository } from '../find-aws-repository.ts';
import {
  checkImageId,
  imageFailure,
  notFoundFailure,
  toPullFailure,
  type ImageFailure,
  type PullFailureCode,
} from './image-failure.ts';

/** Room for four of the largest manifests. Most have a few thousand bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

type Input = AddressedRepository & { imageIds: ImageId[]; acceptedMediaTypes?: string[] | undefined };
type Asked = { repository: FoundRepository; imageId: ImageId; acceptedMediaTypes: string[] | undefined };

type Image = {
  registryId: string;
  repositoryName: string;
  imageId: { imageDigest: string; imageTag?: string | undefined };
  imageManifest: string;
  imageManifestMediaType: string;
};

/** Reads manifests, by tag in a format that the caller accepts. Each is a pull, and counts as one. */
export async function batchGetImage(app: AwsApp, call: Call, input: Input) {
  const repository = await requireAwsRepository(app, call, input, { images: toNamedImages(input.imageIds) });
  refuseQuarantined(repository);
  const images: Image[] = [];
  const failures: ImageFailure<PullFailureCode>[] = [];
  let answerBytes = 0;
  for (const imageId of input.imageIds) {
    const got = await getImage(app, call, { repository, imageId, acceptedMediaTypes: input.acceptedMediaTypes });
    if ('failureCode' in got) {
      failures.push(got);
      continue;
    }
    answerBytes += got.imageManifest.length;
    if (answerBytes > MAX_ANSWER_BYTES) {
      const message = `These manifests exceed ${MAX_ANSWER_BYTES} bytes. Request fewer at once.`;
      throw awsError('LimitExceededException', message);
    }
    images.push(got);
  }
  return { images, failures };
}

async function getImage(
  app: AwsApp,
  call: Call,
  { repository, imageId, acceptedMediaTypes }: Asked,
): Promise<Image | ImageFailure<PullFailureCode>> {
  const checked = checkImageId(imageId);
  if ('failureCode' in checked) return checked;
  const { digest, tag } = checked;
  try {
    const reference = toReference(tag, digest);
    if (reference === null) return notFoundFailure(imageId);
    const stored = await pullManifest(app, { repository, reference });
    const pulled = await toAccepted(app, { repository, tag, stored, acceptedMediaTypes });
    if (digest !== null && stored.digest !== digest) {
      return imageFailure(imageId, 'ImageTagDoesNotMatchDigest', `The tag ${tag} points to ${stored.digest}`);
    }
    if (!pulled) return notFoundFailure(imageId);
    const { address, userAgent } = call.caller.context;
    const by = { ...describePassword(call.caller.principal), address, userAgent };
    notePull(app, { repository, reference, pulled, by });
    return {
      registryId: call.registry.membership.registryId,
      repositoryName: repository.name,
      imageId: { imageDigest: pulled.digest, ...(tag !== null && { imageTag: tag }) },
      imageManifest: pulled.payload.toString('utf8'),
      imageManifestMediaType: pulled.mediaType,
    };
  } catch (error) {
    const failure = toPullFailure(imageId, error);
    if (failure) return failure;
    throw error;
  }
}

type ToAccept = {
  repository: FoundRepository;
  tag: string | null;
  stored: PulledManifest;
  acceptedMediaTypes: string[] | undefined;
};

/** Null: it has no accepted format. */
async function toAccepted(
  app: AwsApp,
  { repository, tag, stored, acceptedMediaTypes }: ToAccept,
): Promise<PulledManifest | null> {
  if (!acceptedMediaTypes || acceptedMediaTypes.includes(stored.mediaType)) return stored;
  const acceptance = parseAccept(acceptedMediaTypes.join());
  const format = tag === null ? null : chooseFormat(stored.mediaType, { acceptance, userAgent: undefined });
  if (tag === null || !format) return null;
  const translated = await translateManifest(app, { repository, tag, manifest: stored, format });
  return acceptedMediaTypes.includes(translated.mediaType) ? translated : null;
}

function toReference(tag: string | null, digest: Digest | null): Reference | null {
  if (tag !== null) return { kind: 'tag', tag };
  return digest && { kind: 'digest', digest };
}
