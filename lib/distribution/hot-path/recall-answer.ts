// Answers pulls from memory, synchronously. Null means "not cached": the request then takes the
// asynchronous path (handle-distribution-request.ts). Only that path reads rows, waits or refuses. ADR 29 lists what
// may be used here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NamedImage } from '#lib/access/access-question.ts';
import type { OpenBlob } from '#lib/blobs/blob-store.ts';
import { isDigest } from '#lib/oci/digest.ts';
import { toNamedImage } from '#lib/distribution/authorization/named-images.ts';
import { parseReference } from '#lib/oci/reference.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { mayPullNow } from '#lib/distribution/authorization/authorize.ts';
import type { Credentials } from '#lib/distribution/authorization/credentials.ts';
import { recallCredentials } from '#lib/distribution/http/authenticate.ts';
import { readContext, type DistributionApp } from '#lib/distribution/http/distribution-request.ts';
import { findNamespace } from '#lib/distribution/http/find-namespace.ts';
import { mayPush, presentBlob, presentRedirect, type AskedBlob } from '#lib/distribution/http/handlers/get-blob.ts';
import { isPull, presentManifest } from '#lib/distribution/http/handlers/get-manifest.ts';
import { recordPull } from '#lib/distribution/http/handlers/record-pull.ts';
import { toRouteTemplate } from '#lib/distribution/http/routes.ts';
import { nameRoute } from '#lib/platform/metrics/request-metrics.ts';
import type { AskedStep } from './pull-rights.ts';
import { quotaHeaders, takePull } from '#lib/distribution/http/limit-requests.ts';
import { isNotModified, type HttpAnswer } from '#lib/distribution/http/respond.ts';
import { closeUnread, recallBlob, recallBlobLink, recallRedirect } from '#lib/distribution/pull/pull-blob.ts';
import { recallManifest } from '#lib/distribution/pull/pull-manifest.ts';
import { recallNegotiated } from '#lib/distribution/translate/negotiate-manifest.ts';
import { readClient } from '#lib/distribution/translate/read-client.ts';

/** The caller closes `blob`. */
export type KnownAnswer = { kind: 'whole'; answer: HttpAnswer } | { kind: 'blob'; asked: AskedBlob; blob: OpenBlob };

type Asked = {
  app: DistributionApp;
  req: IncomingMessage;
  res: ServerResponse;
  repository: FoundRepository;
  credentials: Credentials;
};

const NO_QUERY = new URLSearchParams();

const TEMPLATES = { manifests: toRouteTemplate('manifests/:reference'), blobs: toRouteTemplate('blobs/:digest') };

const BLOB_STEPS = { GET: 'ecr:GetDownloadUrlForLayer', HEAD: 'ecr:BatchCheckLayerAvailability' } as const;

/** Answers a pull and counts it. Null: not cached, without side effects. */
export function recallAnswer(app: DistributionApp, req: IncomingMessage, res: ServerResponse): KnownAnswer | null {
  const { method, headers } = req;
  if ((method !== 'GET' && method !== 'HEAD') || headers.range !== undefined) return null;
  const path = splitPath(req.url ?? '');
  if (!path || findNamespace(app, req, NO_QUERY) !== null) return null;
  const repository = app.pullCache.findRepository(path.fullName);
  if (!repository) return null;
  const credentials = recallCredentials(app, headers.authorization) ?? recallPassword(app, headers.authorization);
  const step = path.kind === 'manifests' ? 'ecr:BatchGetImage' : BLOB_STEPS[method];
  const asked: AskedStep = { step, readContext: () => readContext(app, req), readImage: () => namedImage(path) };
  if (!credentials || !mayPullNow(app, credentials, repository, asked)) return null;
  nameRoute(res, TEMPLATES[path.kind]);
  const pull = { app, req, res, repository, credentials };
  return path.kind === 'manifests' ? recallManifestAnswer(pull, path.last) : recallBlobAnswer(pull, path.last);
}

function recallPassword({ pullRights }: DistributionApp, header: string | undefined): Credentials | null {
  return header === undefined ? null : pullRights.findPassword(header);
}

type PullPath = { fullName: string; kind: 'manifests' | 'blobs'; last: string };

/**
 * Splits `/v2/NAME/manifests/REFERENCE` and `/v2/NAME/blobs/DIGEST`. Doesn't validate the name, because no malformed
 * name is cached.
 */
function splitPath(url: string): PullPath | null {
  if (!url.startsWith('/v2/') || url.includes('?') || url.includes('%')) return null;
  const end = url.lastIndexOf('/');
  const last = url.slice(end + 1);
  for (const kind of ['manifests', 'blobs'] as const) {
    const nameEnd = end - kind.length - 1;
    if (nameEnd > 0 && url.startsWith(`/${kind}`, nameEnd))
      return { fullName: url.slice('/v2/'.length, nameEnd), kind, last };
  }
  return null;
}

function namedImage({ kind, last }: PullPath): NamedImage | null {
  const reference = kind === 'manifests' ? parseReference(last) : null;
  return reference && toNamedImage(reference);
}

function recallManifestAnswer({ app, req, repository, credentials }: Asked, last: string): KnownAnswer | null {
  const reference = parseReference(last);
  const stored = reference && recallManifest(app, { repository, reference });
  const isByTag = reference?.kind === 'tag';
  const manifest =
    stored && isByTag
      ? recallNegotiated(app, { repository, tag: reference.tag, stored, client: readClient(app, req) })
      : stored;
  if (!reference || !manifest) return null;
  const { isAllowed, quota } = takePull(app, req, credentials);
  if (!isAllowed) return null;
  const answer = presentManifest(req, { repository, reference }, manifest);
  if (isPull(req, answer)) recordPull({ app, req, repository, credentials, params: { reference } }, manifest);
  if (quota) Object.assign(answer.headers, quotaHeaders(quota));
  return { kind: 'whole', answer };
}

function recallBlobAnswer({ app, req, res, repository, credentials }: Asked, last: string): KnownAnswer | null {
  if (!isDigest(last)) return null;
  const asked = { repository, digest: last };
  const isHead = req.method === 'HEAD';
  // A HEAD by a caller who may push leases the blob, in its row.
  if (isHead && mayPush(credentials, repository)) return null;
  if (!isHead && isNotModified(req, last)) {
    const link = recallBlobLink(app, asked);
    return link && { kind: 'whole', answer: presentBlob(res, asked, { sizeBytes: link.sizeBytes, status: null }).head };
  }
  const blob = recallBlob(app, asked);
  if (!blob) {
    const redirect = isHead ? null : recallRedirect(app, asked);
    return redirect && { kind: 'whole', answer: presentRedirect(app, req, asked, redirect) };
  }
  if (!isHead) return { kind: 'blob', asked, blob };
  void closeUnread(blob);
  return { kind: 'whole', answer: presentBlob(res, asked, { sizeBytes: blob.sizeBytes, status: null }).head };
}
