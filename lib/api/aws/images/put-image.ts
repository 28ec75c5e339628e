// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
import { createHash } from 'node:crypto';
import { pushManifest } from '#lib/distribution/push/push-manifest.ts';
import { readDocument } from '#lib/images/read-document.ts';
import { isSchema1 } from '#lib/images/schema-1/read-pushed-schema-1.ts';
import { isChildrenUnknown } from '#lib/images/record-manifest.ts';
import { parseDigest, toDigest, type Digest } from '#lib/oci/digest.ts';
import { SCHEMA_1_SIGNED } from '#lib/oci/media-types.ts';
import { MAX_MANIFEST_BYTES } from '#lib/oci/manifest.ts';
import { isTag } from '#lib/oci/reference.ts';
import { type AppError, isAppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import { toNamedImages, type AddressedRepository } from '../find-aws-repository.ts';
import { requireAwsWritable } from '../require-aws-writable.ts';
import { findImageRows } from './image-rows.sql.ts';

type Input = AddressedRepository & {
  imageManifest: string;
  imageManifestMediaType?: string | undefined;
  imageTag?: string | undefined;
  imageDigest?: string | undefined;
};

/** Stores a manifest whose layers have been uploaded, or gives a stored one another tag. */
export async function putImage(app: AwsApp, call: Call, input: Input) {
  const { imageManifest, imageTag } = input;
  const payload = toPayload(imageManifest);
  if (imageTag !== undefined && !isTag(imageTag)) {
    throw invalidParameter('imageTag', "must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}'");
  }
  const stated = readDigest(input.imageDigest);
  const repository = await requireAwsWritable(app, call, input, { images: toNamedImages([input]) });
  const mediaType = input.imageManifestMediaType ?? (await readMediaType(app, call, payload));
  const digest = stated ?? (await hashManifest(app, call, { payload, mediaType }));
  await refuseExisting(app, call, { repository, digest, tag: imageTag });
  try {
    await pushManifest(app, {
      caller: call.caller,
      repository,
      reference: { kind: 'digest', digest },
      tags: imageTag === undefined ? [] : [imageTag],
      contentType: mediaType,
      payload,
      mayLackChildren: false,
    });
  } catch (error) {
    throw toPutError(call, repository, error);
  }
  return {
    image: {
      registryId: call.registry.membership.registryId,
      repositoryName: repository.name,
      imageId: { imageDigest: digest, ...(imageTag !== undefined && { imageTag }) },
      imageManifest,
      imageManifestMediaType: mediaType,
    },
  };
}

/** Text with unpaired surrogates has no UTF-8 form, and would be stored as something else. */
function toPayload(imageManifest: string): Buffer {
  if (!imageManifest.isWellFormed()) throw invalidParameter('imageManifest', 'must be valid Unicode text');
  const payload = Buffer.from(imageManifest, 'utf8');
  if (payload.length <= MAX_MANIFEST_BYTES) return payload;
  throw invalidParameter('imageManifest', `must have at most ${MAX_MANIFEST_BYTES} bytes`);
}

/** What pushManifest compares. That of schema 1 is of what is signed. */
async function hashManifest(
  app: AwsApp,
  call: Call,
  { payload, mediaType }: { payload: Buffer; mediaType: string },
): Promise<Digest> {
  if (isSchema1(payload, mediaType)) {
    const read = await readDocument(app, 'schema1', { bytes: payload, key: call.caller.principal.userId });
    if ('digest' in read) return read.digest;
  }
  return toDigest('sha256', createHash('sha256').update(payload).digest('hex'));
}

function readDigest(stated: string | undefined): Digest | null {
  if (stated === undefined) return null;
  const digest = parseDigest(stated);
  if (digest) return digest;
  throw invalidParameter('imageDigest', 'must be a digest such as sha256:…');
}

async function readMediaType(app: AwsApp, call: Call, payload: Buffer): Promise<string> {
  const key = call.caller.principal.userId;
  if (isSchema1(payload, '')) return SCHEMA_1_SIGNED;
  const mediaType = await readDocument(app, 'mediaType', { bytes: payload, key });
  if (mediaType !== null) return mediaType;
  throw invalidParameter('imageManifestMediaType', 'must be set for a manifest without a mediaType');
}

type Put = { repository: FoundRepository; digest: Digest; tag: string | undefined };

/** @throws AppError `ImageAlreadyExistsException`, which scripts that repeat a push expect */
async function refuseExisting(app: AwsApp, { registry }: Call, { repository, digest, tag }: Put): Promise<void> {
  const ids = [{ imageDigest: digest, imageTag: tag }];
  const [existing] = await findImageRows(app, { repositoryId: repository.id, ids });
  if (!existing) return;
  const shownTag = tag === undefined ? 'null' : `'${tag}'`;
  throw awsError(
    'ImageAlreadyExistsException',
    `Image with digest '${digest}' and tag ${shownTag} already exists in the repository with name '${repository.name}' in registry with id '${registry.membership.registryId}'`,
  );
}

function toPutError({ registry }: Call, { name }: FoundRepository, error: unknown): unknown {
  if (!isAppError(error)) return error;
  const { code, message } = error;
  if (code === 'digest_mismatch') return awsError('ImageDigestDoesNotMatchException', message);
  if (code === 'manifest_invalid' || code === 'manifest_unverified') return invalidParameter('imageManifest', message);
  if (code !== 'manifest_blob_unknown') return error;
  const isChildren = isChildrenUnknown(error);
  return awsError(
    isChildren ? 'ReferencedImagesNotFoundException' : 'LayersNotFoundException',
    `${isChildren ? 'Images' : 'Layers'} with digests '[${listDigests(error).join(', ')}]' required for pushing image into repository with name '${name}' in the registry with id '${registry.membership.registryId}' do not exist`,
  );
}

/** Enough to find the cause. A manifest may lack tens of thousands. */
const MAX_NAMED = 20;

function listDigests({ detail }: AppError): string[] {
  if (!Array.isArray(detail)) return [];
  return (detail as { digest: string }[]).slice(0, MAX_NAMED).map(({ digest }) => digest);
}
