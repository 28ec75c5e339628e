import type { Digest } from '#lib/oci/digest.ts';
import { toAppendOptions, toUploadWrite, type UploadBytes } from './append-upload.ts';
import { endFailedWrite } from './end-failed-write.ts';
import { linkStoredBlob } from './link-stored-blob.ts';
import { storeWholeBlob, type LastChunk, type ReceivingApp } from './store-whole-blob.ts';
import { toWriter } from './upload-rows.sql.ts';
import { writeUpload } from './write-upload.ts';

/** Larger blobs get a row before their bytes, so that they can be resumed even after the process was killed. */
export const MAX_WHOLE_BYTES = 16 * 1024 * 1024;

/**
 * Appends the last bytes, if any, and turns the upload into a blob of its repository. The bytes are durable before the
 * blob's row is written.
 * @throws AppError `digest_mismatch`, `too_large` or `quota_exceeded`, which end the upload; `unavailable`, after which
 *   the client must send the blob again
 */
export async function finishUpload(app: ReceivingApp, input: UploadBytes & { digest: Digest }): Promise<void> {
  const { digest, repository, body } = input;
  const { keyScope: scope } = repository;
  if (isWhole(input)) {
    const received = await storeWholeBlob(app, input);
    if (received) await finishAgain(app, input, received);
    return;
  }
  await writeUpload(app, toUploadWrite(input), async (lease) => {
    const claim = app.quotas.open(input.quota, { digest, scope });
    try {
      const last = { source: body, options: await toAppendOptions(app, input, claim) };
      const stored = await app.intake.finish(toWriter(lease), { digest, scope, last });
      await linkStoredBlob(app, { repositoryId: repository.id, digest, stored, scope, lease });
    } catch (error) {
      await endFailedWrite(app, lease, error);
      throw error;
    } finally {
      claim?.end(true);
    }
  });
}

/** Appends received bytes that turned out to be the last chunk of an upload. */
async function finishAgain(
  app: ReceivingApp,
  input: UploadBytes & { digest: Digest },
  received: LastChunk,
): Promise<void> {
  const { stagedId, receivedId } = received;
  try {
    const body = await app.intake.reread(receivedId);
    await finishUpload(app, { ...input, stagedId, mayHaveBytes: false, body });
  } finally {
    await app.intake.discard(receivedId);
  }
}

/** Without a body, the upload may have bytes that are arriving at this moment. */
function isWhole({ stagedId, announcedBytes }: UploadBytes): boolean {
  return stagedId === null && announcedBytes !== null && announcedBytes > 0 && announcedBytes <= MAX_WHOLE_BYTES;
}
