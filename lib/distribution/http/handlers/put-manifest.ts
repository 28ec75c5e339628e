import { MAX_MANIFEST_BYTES } from '#lib/oci/manifest.ts';
import { ORIGIN_HEADER, parseOrigin } from '#lib/oci/facts/origin.ts';
import { isTag, type Reference } from '#lib/oci/reference.ts';
import { AppError } from '#lib/platform/errors.ts';
import { authorizeWrite } from '#lib/distribution/authorization/authorize.ts';
import { MAX_TAG_PARAMETERS, namedImages } from '#lib/distribution/authorization/named-images.ts';
import { pushManifest } from '#lib/distribution/push/push-manifest.ts';
import { authenticate } from '#lib/distribution/http/authenticate.ts';
import { readBody } from '#lib/distribution/http/read-body.ts';
import type { WriteRequest } from '#lib/distribution/http/distribution-request.ts';
import { meterBody } from '#lib/distribution/http/metering/meter-body.ts';
import { sendBytes } from '#lib/distribution/http/respond.ts';

const SLOW_BODY_MS = 1_000;

export async function putManifest(request: WriteRequest<{ reference: Reference }>): Promise<void> {
  const { app, req, res, query, caller, repository, params } = request;
  const tags = readTags(query);
  const startedMs = performance.now();
  const payload = await meterBody(request, () => readBody(req, MAX_MANIFEST_BYTES));
  if (performance.now() - startedMs > SLOW_BODY_MS) await authorizeAgain(request);
  const contentType = (req.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const { reference } = params;
  const origin = parseOrigin(req.headers[ORIGIN_HEADER]);
  const pushed = await pushManifest(app, { caller, repository, reference, tags, contentType, payload, origin });
  sendBytes(res, 201, {
    Location: `/v2/${repository.fullName}/manifests/${pushed.digest}`,
    'Docker-Content-Digest': pushed.digest,
    // Without this header, clients maintain a referrers tag and race each other for it.
    ...(pushed.subject && { 'OCI-Subject': pushed.subject }),
    ...(reference.kind === 'digest' && tags.length > 0 && { 'OCI-Tag': tags }),
  });
}

/** Repeats the authorization after a slow body. The token or role may have been revoked meanwhile. */
async function authorizeAgain(request: WriteRequest<{ reference: Reference }>): Promise<void> {
  const { app, req, query, params, caller } = request;
  const { fullName } = request.repository;
  const credentials = await authenticate(app, req);
  await authorizeWrite(app, {
    credentials,
    context: caller.context,
    fullName,
    ifMissing: 'create',
    action: 'push',
    step: 'ecr:PutImage',
    images: namedImages(params.reference, query),
  });
}

/** `?tag=a&tag=b`: "A registry ... SHOULD support at least 10". */
function readTags(query: URLSearchParams): string[] {
  const tags = [...new Set(query.getAll('tag'))];
  if (tags.length > MAX_TAG_PARAMETERS)
    throw new AppError('too_large', `A push can set at most ${MAX_TAG_PARAMETERS} tags.`);
  const wrong = tags.find((tag) => !isTag(tag));
  if (wrong !== undefined) throw new AppError('tag_invalid', 'A tag can have up to 128 letters, digits and . _ -');
  return tags;
}
