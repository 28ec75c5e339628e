// A layer in parts, as uploads of /v2.
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_UploadLayerPart.html
import { Readable } from 'node:stream';
import { appendUpload } from '#lib/distribution/push/append-upload.ts';
import { cancelUpload } from '#lib/distribution/push/cancel-upload.ts';
import { findOffset, requireUpload, type OpenUpload } from '#lib/distribution/push/find-upload.ts';
import { finishUpload } from '#lib/distribution/push/finish-upload.ts';
import { startUpload } from '#lib/distribution/push/start-upload.ts';
import { findUploadTarget } from '#lib/distribution/push/upload-rows.sql.ts';
import { leaseBlob } from '#lib/images/lease-blob.sql.ts';
import { parseDigest, type Digest } from '#lib/oci/digest.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import type { AwsApp } from '../aws-app.ts';
import { awsError, invalidParameter } from '../aws-error.ts';
import type { Call } from '../define-operations.ts';
import type { AddressedRepository } from '../find-aws-repository.ts';
import { requireAwsWritable } from '../require-aws-writable.ts';
import { findLayers, hasSmallPart, noteSmallPart } from './layer-rows.sql.ts';

/** The recommended part size. Clients may send 5 to 20 MiB. */
const PART_BYTES = 10 * 1024 * 1024;
const MIN_PART_BYTES = 5 * 1024 * 1024;

export async function initiateLayerUpload(app: AwsApp, call: Call, input: AddressedRepository) {
  const repository = await requireAwsWritable(app, call, input);
  const { uploadId } = await startUpload(app, { caller: call.caller, repository });
  return { uploadId, partSize: PART_BYTES };
}

type Part = AddressedRepository & {
  uploadId: string;
  partFirstByte: number;
  partLastByte: number;
  layerPartBlob: Buffer;
};

/** Appends a part. Parts must be consecutive. */
export async function uploadLayerPart(app: AwsApp, call: Call, input: Part) {
  const { uploadId, partFirstByte: start, partLastByte: end, layerPartBlob: bytes } = input;
  const upload = await findLayerUpload(app, call, input);
  try {
    if (end - start + 1 !== bytes.length || bytes.length === 0) {
      throw await invalidPart(
        app,
        call,
        upload,
        `partFirstByte and partLastByte don't match its ${bytes.length} bytes`,
      );
    }
    const sizeBytes = await appendUpload(app, {
      ...upload,
      body: Readable.from([bytes]),
      contentRange: { start, end },
      announcedBytes: bytes.length,
    });
    if (bytes.length < MIN_PART_BYTES) await noteSmallPart(app, { uploadId, endBytes: sizeBytes });
    return { ...presentUpload(call, upload), lastByteReceived: sizeBytes - 1 };
  } catch (error) {
    if (!isAppError(error) || error.code !== 'range_invalid') throw error;
    throw await invalidPart(app, call, upload, `it must begin after the last byte received`);
  }
}

type Completion = AddressedRepository & { uploadId: string; layerDigests: string[] };

export async function completeLayerUpload(app: AwsApp, call: Call, input: Completion) {
  const { uploadId, layerDigests } = input;
  const digest = parseDigest(layerDigests[0] ?? '');
  if (!digest) throw invalidParameter('layerDigests', 'must have a digest such as sha256:…');
  const upload = await findLayerUpload(app, call, input);
  const { repository } = upload;
  const sizeBytes = await findOffset(app, upload);
  if (sizeBytes === 0) throw awsError('EmptyUploadException', `The upload ${uploadId} has no layer parts.`);
  if (await isLayerThere(app, repository, digest)) {
    await cancelUpload(app, upload);
    const message = `The layer with digest '${digest}' already exists in the repository with name '${repository.name}' in the registry with id '${call.registry.membership.registryId}'`;
    throw awsError('LayerAlreadyExistsException', message);
  }
  if (await hasSmallPart(app, { uploadId, sizeBytes })) {
    await cancelUpload(app, upload);
    const message = `Layer parts must have at least ${MIN_PART_BYTES} bytes, except the last one. Upload the layer again.`;
    throw awsError('LayerPartTooSmallException', message);
  }
  await finishUpload(app, { ...upload, body: Readable.from([]), contentRange: null, announcedBytes: 0, digest });
  return { ...presentUpload(call, upload), layerDigest: digest };
}

/** Clients go on with PutImage, so a layer that exists must survive garbage collection until then. */
async function isLayerThere(app: AwsApp, { id: repositoryId }: FoundRepository, digest: Digest): Promise<boolean> {
  await leaseBlob(app, { repositoryId, digest, graceSeconds: app.config.gcGraceSeconds });
  const found = await findLayers(app, { repositoryId, digests: [digest] });
  return (found.get(digest)?.sizeBytes ?? null) !== null;
}

/** @throws AppError `UploadNotFoundException` unless this user started the upload, in this repository */
async function findLayerUpload(
  app: AwsApp,
  call: Call,
  input: AddressedRepository & { uploadId: string },
): Promise<OpenUpload> {
  const { caller } = call;
  const repository = await requireAwsWritable(app, call, input);
  const { registryKey } = repository;
  const [target, { quotaBytes }] = await Promise.all([
    findUploadTarget(app, { id: input.uploadId, userId: caller.principal.userId }),
    app.db.registry.findUniqueOrThrow({ where: { id: registryKey }, select: { quotaBytes: true } }),
  ]);
  const quota = { registryKey, quotaBytes };
  return requireUpload(app, { caller, repository, quota, uploadId: input.uploadId }, target);
}

function presentUpload({ registry }: Call, { repository, uploadId }: OpenUpload) {
  return { registryId: registry.membership.registryId, repositoryName: repository.name, uploadId };
}

/** Tells the client where to resume. `lastValidByteReceived` is absent while there is none. */
async function invalidPart(app: AwsApp, call: Call, upload: OpenUpload, why: string) {
  const { uploadId, caller } = upload;
  // A request that took the upload over continues in another file.
  const target = await findUploadTarget(app, { id: uploadId, userId: caller.principal.userId });
  const offsetBytes = await findOffset(app, await requireUpload(app, upload, target));
  return awsError('InvalidLayerPartException', `The layer part isn't valid: ${why}.`, {
    ...presentUpload(call, upload),
    ...(offsetBytes > 0 && { lastValidByteReceived: offsetBytes - 1 }),
  });
}
