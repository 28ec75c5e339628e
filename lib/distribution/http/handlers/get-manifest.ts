import type { IncomingMessage } from 'node:http';
import type { Reference } from '#lib/oci/reference.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { pullManifest, type PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import { cacheHeaders, contentCacheControl, latestCacheControl } from './cache-headers.ts';
import { recordPull } from './record-pull.ts';
import { limitPull } from '#lib/distribution/http/limit-requests.ts';
import { readClient } from '#lib/distribution/translate/read-client.ts';
import { negotiateManifest } from '#lib/distribution/translate/negotiate-manifest.ts';
import { pullManifestOrTranslation } from '#lib/distribution/translate/pull-translation.ts';
import type { PullRequest } from '#lib/distribution/http/distribution-request.ts';
import { isNotModified, sendAnswer, toETag, type HttpAnswer } from '#lib/distribution/http/respond.ts';

type ManifestRequest = PullRequest<{ reference: Reference }>;

/** Answers GET and HEAD. A HEAD reads the bytes too, so that a mirror has them cached for the GET that follows. */
export async function getManifest(request: ManifestRequest): Promise<void> {
  limitPull(request);
  const { req, res, repository, params } = request;
  const { reference } = params;
  const manifest = await findManifest(request);
  const answer = presentManifest(req, { repository, reference }, manifest);
  if (isPull(req, answer)) recordPull(request, manifest);
  sendAnswer(res, answer);
}

/** By digest, clients get the bytes that have it. By tag, they get a format that they read. */
async function findManifest({ app, req, repository, params }: ManifestRequest): Promise<PulledManifest> {
  const { reference } = params;
  if (reference.kind === 'digest') return pullManifestOrTranslation(app, { repository, digest: reference.digest });
  const stored = await pullManifest(app, { repository, reference });
  return negotiateManifest(app, { repository, tag: reference.tag, stored, client: readClient(app, req) });
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
