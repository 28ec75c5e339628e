import type { IncomingMessage } from 'node:http';
import type { Reference } from '#lib/oci/reference.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { pullManifest, type PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import { cacheHeaders, contentCacheControl, latestCacheControl } from './cache-headers.ts';
import { recordPull } from './record-pull.ts';
import { limitPull } from '#lib/distribution/http/limit-requests.ts';
import { chooseFormat } from '#lib/distribution/translate/choose-format.ts';
import { readClient } from '#lib/distribution/translate/read-client.ts';
import { pullTranslation } from '#lib/distribution/translate/pull-translation.ts';
import { translateManifest } from '#lib/distribution/translate/translate-manifest.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { isNotModified, sendAnswer, toETag, type HttpAnswer } from '#lib/distribution/http/respond.ts';

type ManifestRequest = PullRequest<{ reference: Reference }>;

/** Answers GET and HEAD. A HEAD reads the bytes too, so that a mirror has them cached for the GET that follows. */
export async function getManifest(request: ManifestRequest): Promise<void> {
  limitPull(request);
  const { app, req, res, repository, params } = request;
  const { reference } = params;
  const manifest = await findManifest(request);
  const answer = presentManifest(req, { repository, reference }, manifest);
  if (isPull(req, answer)) recordPull(request, manifest);
  sendAnswer(res, answer);
}

async function findManifest(request: ManifestRequest): Promise<PulledManifest> {
  const { app, repository, params } = request;
  const { reference } = params;
  try {
    return await negotiate(request, await pullManifest(app, { repository, reference }));
  } catch (error) {
    if (!isAppError(error) || error.code !== 'manifest_not_found' || reference.kind === 'tag') throw error;
    const translation = await pullTranslation(app, { repositoryId: repository.id, digest: reference.digest });
    if (!translation) throw error;
    return translation;
  }
}

/** By digest, clients get the bytes that have it. By tag, they get a format that they read, where there is one. */
async function negotiate(
  { app, req, repository, params }: ManifestRequest,
  stored: PulledManifest,
): Promise<PulledManifest> {
  const { reference } = params;
  const format = reference.kind === 'tag' ? chooseFormat(stored.mediaType, readClient(app, req)) : null;
  if (reference.kind !== 'tag' || !format) return stored;
  return (await translateManifest(app, { repository, tag: reference.tag, manifest: stored, format })) ?? stored;
}

export function isPull({ method }: IncomingMessage, { status }: HttpAnswer): boolean {
  return method === 'GET' && status === 200;
}

export function presentManifest(
  req: IncomingMessage,
  { repository, reference }: { repository: FoundRepository; reference: Reference },
  { digest, mediaType, sizeBytes, payload, cache }: PulledManifest,
): HttpAnswer {
  const headers = {
    'Docker-Content-Digest': digest,
    ...(reference.kind === 'tag' && { Vary: 'Accept' }),
    ETag: toETag(digest),
    'Cache-Control': reference.kind === 'digest' ? contentCacheControl(repository) : latestCacheControl(repository),
    ...(cache && cacheHeaders(cache)),
  };
  if (isNotModified(req, digest)) return { status: 304, headers, body: null };
  const entity = { ...headers, 'Content-Type': mediaType, 'Content-Length': sizeBytes };
  return { status: 200, headers: entity, body: req.method === 'HEAD' ? null : payload };
}
