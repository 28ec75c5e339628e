import { deleteManifest } from '#lib/images/delete-manifest.ts';
import { deleteTag } from '#lib/images/tag-deletion/delete-tag.ts';
import { unlinkBlob } from '#lib/images/unlink-blob.ts';
import type { Digest } from '#lib/oci/digest.ts';
import type { Reference } from '#lib/oci/reference.ts';
import type { WriteRequest } from '#lib/distribution/http/distribution-request.ts';
import { sendBytes } from '#lib/distribution/http/respond.ts';

/** Deletes only the tag or, by digest, the manifest with all its tags. */
export async function deleteManifestOrTag(request: WriteRequest<{ reference: Reference }>): Promise<void> {
  const { app, res, caller, repository } = request;
  const { reference } = request.params;
  if (reference.kind === 'tag') await deleteTag(app, { caller, repository, tag: reference.tag });
  else await deleteManifest(app, { caller, repository, digest: reference.digest });
  sendBytes(res, 202, {});
}

export async function deleteBlob(request: WriteRequest<{ digest: Digest }>): Promise<void> {
  const { app, res, caller, repository, params } = request;
  await unlinkBlob(app, { caller, repository, digest: params.digest });
  sendBytes(res, 202, {});
}
