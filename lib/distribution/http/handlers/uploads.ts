// Blob uploads: POST starts one, PATCH appends to it, PUT finishes it.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Digest } from '#lib/oci/digest.ts';
import { isName } from '#lib/oci/name.ts';
import { formatUploadRange, parseContentRange, type ByteRange } from '#lib/oci/range.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { appendUpload, checkBlobSize } from '#lib/distribution/push/append-upload.ts';
import { cancelUpload } from '#lib/distribution/push/cancel-upload.ts';
import { findOffset, requireUpload, type OpenUpload } from '#lib/distribution/push/find-upload.ts';
import { finishUpload } from '#lib/distribution/push/finish-upload.ts';
import { mountBlob } from '#lib/distribution/push/mount-blob.ts';
import { prepareRepository, startUpload, type StartedUpload } from '#lib/distribution/push/start-upload.ts';
import { storeWholeBlob } from '#lib/distribution/push/store-whole-blob.ts';
import { findUploadTarget } from '#lib/distribution/push/upload-rows.sql.ts';
import { requireDigest } from '#lib/distribution/http/parse-params.ts';
import type { DistributionApp, WriteRequest } from '#lib/distribution/http/distribution-request.ts';
import { meterBody } from '#lib/distribution/http/metering/meter-body.ts';
import { sendBytes } from '#lib/distribution/http/respond.ts';

type UploadRequest = WriteRequest<{ upload: string }>;

export async function postUpload(request: WriteRequest<unknown>): Promise<void> {
  const { app, req, res, query, caller, repository, quota } = request;
  const mount = query.get('mount');
  const digest = query.get('digest');
  const wanted = digest === null ? null : requireDigest(digest);
  const announcedBytes = readLength(req);
  // Check this before a repository is created.
  checkBlobSize(app, announcedBytes ?? 0);
  checkDigestAlgorithm(query.get('digest-algorithm'));
  if (mount !== null && (await mountFrom(request, requireDigest(mount)))) return;
  if (wanted !== null)
    await app.quotas.require(quota, announcedBytes ?? 0, { digest: wanted, scope: repository.keyScope });

  if (wanted === null) return sendUpload(res, 202, await startUpload(app, { caller, repository }), 0);
  const existing = await prepareRepository(app, { caller, repository });
  const bytes = {
    caller,
    repository: existing,
    quota,
    body: req,
    contentRange: null,
    announcedBytes,
    mayHaveBytes: false,
  };
  await meterBody({ app, req, repository: existing }, () =>
    storeWholeBlob(app, { ...bytes, digest: wanted, uploadId: null }),
  );
  sendCreated(res, { repository: existing }, wanted);
}

/** False: "the registry MUST return 202", and the client uploads the blob. */
async function mountFrom(request: WriteRequest<unknown>, digest: Digest): Promise<boolean> {
  const { app, res, query, caller, credentials, repository, quota } = request;
  const from = query.get('from');
  if (from !== null && !isName(from)) throw new AppError('name_invalid', 'from must be the name of a repository.');
  const isMounted = await mountBlob(app, { caller, credentials, repository, quota, digest, from });
  if (isMounted) sendCreated(res, { repository }, digest);
  return isMounted;
}

export async function patchUpload(request: UploadRequest): Promise<void> {
  const { app, req, res } = request;
  const upload = await requestedUpload(request);
  const contentRange = readContentRange(request);
  const offsetBytes = await withCurrentRange(app, res, upload, () =>
    meterBody(request, () =>
      appendUpload(app, { ...upload, body: req, contentRange, announcedBytes: readLength(req) }),
    ),
  );
  sendUpload(res, 202, upload, offsetBytes);
}

export async function putUpload(request: UploadRequest): Promise<void> {
  const { app, req, res, query } = request;
  const upload = await requestedUpload(request);
  const digest = requireDigest(query.get('digest') ?? '');
  const contentRange = readContentRange(request);
  // The body is the last chunk, and may be empty.
  await withCurrentRange(app, res, upload, () =>
    meterBody(request, () =>
      finishUpload(app, { ...upload, body: req, contentRange, announcedBytes: readLength(req), digest }),
    ),
  );
  sendCreated(res, upload, digest);
}

export async function getUpload(request: UploadRequest): Promise<void> {
  const upload = await requestedUpload(request);
  const offsetBytes = await findOffset(request.app, upload);
  sendUpload(request.res, 204, upload, offsetBytes);
}

export async function deleteUpload(request: UploadRequest): Promise<void> {
  await cancelUpload(request.app, await requestedUpload(request));
  sendBytes(request.res, 204, {});
}

function requestedUpload(request: UploadRequest): Promise<OpenUpload> {
  const { app, caller, repository, quota, params, uploadTarget } = request;
  return requireUpload(app, { caller, repository, quota, uploadId: params.upload }, uploadTarget);
}

/** Null: the body is chunked, so its length is unknown. */
function readLength(req: IncomingMessage): number | null {
  const header = req.headers['content-length'];
  return header === undefined ? null : Number(header);
}

/** Refuses a range that doesn't match Content-Length before the body is read. */
function readContentRange({ req }: UploadRequest): ByteRange | null {
  const header = req.headers['content-range'];
  if (header === undefined) return null;
  const range = parseContentRange(header);
  if (!range) throw new AppError('range_invalid', 'Content-Range must be FIRST-LAST, in bytes.');
  const announcedBytes = readLength(req);
  if (announcedBytes !== null && announcedBytes !== range.end - range.start + 1) {
    throw new AppError('size_mismatch', 'Content-Range and Content-Length differ.');
  }
  return range;
}

/** The parameter only announces the algorithm. The final digest decides. */
function checkDigestAlgorithm(name: string | null): void {
  if (name === null || name === 'sha256' || name === 'sha512') return;
  throw new AppError('digest_invalid', 'Only sha256 and sha512 digests are supported.');
}

/** Adds the current range to a 416, so that the client can resume. */
async function withCurrentRange<T>(
  app: DistributionApp,
  res: ServerResponse,
  upload: OpenUpload,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAppError(error) && error.code === 'range_invalid') {
      // Look the upload up again, because a request that took it over continues in another file.
      const { uploadId: id, caller } = upload;
      const target = await findUploadTarget(app, { id, userId: caller.principal.userId });
      const offsetBytes = await findOffset(app, await requireUpload(app, upload, target));
      for (const [name, value] of Object.entries(uploadHeaders(upload, offsetBytes))) res.setHeader(name, value);
    }
    throw error;
  }
}

/** Locations are paths, because proxies and clients mishandle absolute URLs. */
function uploadHeaders({ repository, uploadId }: Pick<OpenUpload, 'repository' | 'uploadId'>, offsetBytes: number) {
  return {
    Location: `/v2/${repository.fullName}/blobs/uploads/${uploadId}`,
    Range: formatUploadRange(offsetBytes),
    'Docker-Upload-UUID': uploadId,
  };
}

function sendUpload(res: ServerResponse, status: 202 | 204, upload: StartedUpload, offsetBytes: number): void {
  sendBytes(res, status, uploadHeaders(upload, offsetBytes));
}

function sendCreated(res: ServerResponse, { repository }: Pick<OpenUpload, 'repository'>, digest: Digest): void {
  sendBytes(res, 201, {
    Location: `/v2/${repository.fullName}/blobs/${digest}`,
    'Docker-Content-Digest': digest,
  });
}
