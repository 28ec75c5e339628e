import type { Reference } from '#lib/oci/reference.ts';
import { findManifest, pullManifest } from '../pull-manifest.ts';
import type { PullRequest } from './registry-request.ts';
import { immutableCacheControl, isNotModified, sendBytes, toETag } from './respond.ts';

/**
 * GET and HEAD. The exact bytes that were pushed, under the type they were pushed with, whatever Accept says: to convert
 * them would change their digest.
 */
export async function getManifest(request: PullRequest<{ reference: Reference }>): Promise<void> {
  const { app, req, res, repository } = request;
  const { reference } = request.params;
  const isHead = req.method === 'HEAD';
  const input = { repositoryId: repository.id, reference };
  const manifest = isHead
    ? { ...(await findManifest(app, input)), payload: undefined }
    : await pullManifest(app, input);

  const headers = {
    'Docker-Content-Digest': manifest.digest,
    ETag: toETag(manifest.digest),
    // A tag may move at any time.
    'Cache-Control': reference.kind === 'digest' ? immutableCacheControl(repository) : 'no-cache',
  };
  if (isNotModified(req, manifest.digest)) {
    res.writeHead(304, headers).end();
    return;
  }
  const entity = { 'Content-Type': manifest.mediaType, 'Content-Length': manifest.sizeBytes };
  if (!isHead) app.pullCounter.count(repository.id, reference.kind === 'tag' ? reference.tag : null);
  sendBytes(res, 200, { ...headers, ...entity }, manifest.payload);
}
