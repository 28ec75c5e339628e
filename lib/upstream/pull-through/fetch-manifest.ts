// Manifests of an upstream: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ManifestRows } from '#lib/images/manifest-rows.ts';
import { readDocument, type DocumentInput } from '#lib/images/read-document.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import { digestAlgorithm, isDigest, toDigest, type Digest } from '#lib/oci/digest.ts';
import { hasTooManyValues, MAX_MANIFEST_BYTES } from '#lib/oci/manifest.ts';
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST, OCI_IMAGE_INDEX, OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';
import { formatReference, type Reference } from '#lib/oci/reference.ts';
import { AppError, isAppError } from '#lib/platform/errors.ts';
import { requestUpstream } from './request-upstream.ts';
import { readBounded } from '#lib/upstream/client/bodies/read-bounded.ts';
import type { UpstreamRuntime, UpstreamSettings } from './upstream-runtime.ts';

type App = { upstream: UpstreamRuntime };
type Asked = { settings: UpstreamSettings; name: string; reference: Reference };

export type FetchedManifest = { digest: Digest; rows: ManifestRows; payload: Buffer };
type Document = { digest: Digest; contentType: string; payload: Buffer };

/** Every type stored here, so that the upstream never converts. */
const ACCEPT = [OCI_IMAGE_INDEX, DOCKER_MANIFEST_LIST, OCI_IMAGE_MANIFEST, DOCKER_MANIFEST];

/**
 * Resolves a tag to a digest by HEAD, which Docker Hub doesn't count as a pull.
 * `gone`: the tag doesn't exist. `unknown`: this upstream doesn't answer HEAD.
 */
export async function resolveTagDigest(app: App, asked: Asked): Promise<Digest | 'gone' | 'unknown'> {
  const head = await request(app, 'HEAD', asked).catch(nullIfDenied);
  // Some registries deny HEAD, but allow GET.
  if (!head) return 'unknown';
  const { status, headers, body } = head;
  body.destroy();
  if (status === 404) return 'gone';
  const digest = headers['docker-content-digest'];
  return status === 200 && typeof digest === 'string' && isDigest(digest) ? digest : 'unknown';
}

/**
 * Null when the upstream doesn't have the manifest.
 * @throws AppError `upstream_invalid` for the wrong bytes, or for a manifest that can't be stored here
 */
export async function fetchManifest(app: App, asked: Asked): Promise<FetchedManifest | null> {
  const document = await fetchDocument(app, asked);
  if (!document) return null;
  const { digest, payload } = document;
  // Fetched manifests are parsed leniently, because clients could pull them from the upstream too. Only pushes are
  // strict.
  const rows = await readDocument(app.upstream, 'fetched', inputOf(document, asked));
  if (!rows) throw notStored(asked);
  return { digest, rows, payload };
}

/** Lists the children of an upstream's index, as far as pages show them. */
export async function fetchChildren(app: App, asked: Asked): Promise<Descriptor[]> {
  const document = await fetchDocument(app, asked);
  if (!document) return [];
  const manifest = await readDocument(app.upstream, 'shown', inputOf(document, asked));
  if (!manifest) throw notStored(asked);
  return manifest.children;
}

function inputOf({ payload, contentType }: Document, { settings }: Asked): DocumentInput {
  return { bytes: payload, type: contentType, key: `upstream ${settings.id}` };
}

function notStored({ settings }: Asked): AppError {
  return new AppError('upstream_invalid', `${settings.host} returned an unsupported type of manifest.`);
}

async function fetchDocument(app: App, asked: Asked): Promise<Document | null> {
  const { status, headers, body } = await request(app, 'GET', asked);
  if (status !== 200) {
    body.destroy();
    if (status === 404) return null;
    throw new AppError('upstream_invalid', `${asked.settings.host} answered a manifest request with ${status}.`);
  }
  const { host } = asked.settings;
  const payload = await readBounded(body, MAX_MANIFEST_BYTES);
  if (!payload) throw new AppError('upstream_invalid', `${host} returned a manifest larger than 4 MiB.`);
  if (hasTooManyValues(payload))
    throw new AppError('upstream_invalid', `${host} returned a manifest with too many values.`);
  const digest = checkDigest(asked, headers, payload);
  return { digest, contentType: headers['content-type'] ?? '', payload };
}

function request(app: App, method: 'GET' | 'HEAD', { settings, name, reference }: Asked) {
  const path = `manifests/${formatReference(reference)}`;
  return requestUpstream(app, settings, { method, repository: name, path, accept: ACCEPT, kind: 'metadata' });
}

function nullIfDenied(error: unknown): null {
  if (isAppError(error) && error.code === 'upstream_denied') return null;
  throw error;
}

/** "Clients SHOULD verify that the value matches the returned manifest." Nothing is stored without this check. */
function checkDigest({ reference, settings }: Asked, headers: IncomingHttpHeaders, payload: Buffer): Digest {
  const claimed = headers['docker-content-digest'];
  const expected =
    reference.kind === 'digest' ? reference.digest : typeof claimed === 'string' && isDigest(claimed) ? claimed : null;
  const algorithm = expected && reference.kind === 'digest' ? digestAlgorithm(expected) : 'sha256';
  const actual = toDigest(algorithm, createHash(algorithm).update(payload).digest('hex'));
  const isComparable = expected !== null && digestAlgorithm(expected) === algorithm;
  if (isComparable && expected !== actual) {
    throw new AppError('upstream_invalid', `${settings.host} returned a manifest that doesn't match its digest.`, {
      detail: { expected, actual },
    });
  }
  return actual;
}
