// The content of a FaultUpstream: repositories in memory, served by the distribution spec.
import type { IncomingHttpHeaders } from 'node:http';
import { parseRange } from '#lib/oci/range.ts';
import type { Blob, BuiltManifest, BuiltDescriptor } from '#lib/testing/images/build-image.ts';
import { descriptorOf } from '#lib/testing/images/build-image.ts';

export type Reply = { status: number; headers: Record<string, string>; body: Buffer };

type Repository = {
  manifests: Map<string, Blob>;
  blobs: Map<string, Buffer>;
  /** The digests that a tag resolves to in turn. */
  tags: Map<string, { digests: string[]; asked: number }>;
};

const INDEX = 'application/vnd.oci.image.index.v1+json';
const ROUTE = /^\/v2\/(.+)\/(manifests|blobs|referrers|tags)\/([^/?]+)$/;

export class UpstreamContent {
  readonly #repositories = new Map<string, Repository>();

  /** Adds a manifest with its content, under tags or by digest only. */
  add(repository: string, manifest: BuiltManifest, ...tags: string[]): void {
    for (const child of manifest.children) this.add(repository, child);
    for (const blob of manifest.blobs) this.addBlob(repository, blob);
    this.addManifest(repository, manifest, ...tags);
  }

  /** Adds any bytes under any media type, such as schema 1 or an unknown type. */
  addManifest(repository: string, manifest: Blob, ...tags: string[]): void {
    this.#open(repository).manifests.set(manifest.digest, manifest);
    for (const tag of tags) this.tag(repository, tag, manifest);
  }

  addBlob(repository: string, { digest, bytes }: Blob): void {
    this.#open(repository).blobs.set(digest, bytes);
  }

  /** Moves a tag. With several manifests it flaps, resolving to the next one on each request. */
  tag(repository: string, tag: string, ...manifests: Blob[]): void {
    this.#open(repository).tags.set(tag, { digests: manifests.map(({ digest }) => digest), asked: 0 });
  }

  /** Removes a tag, manifest or blob. */
  remove(repository: string, tagOrDigest: string): void {
    const { manifests, blobs, tags } = this.#open(repository);
    for (const map of [manifests, blobs, tags]) map.delete(tagOrDigest);
  }

  reply(path: string, headers: IncomingHttpHeaders): Reply {
    const url = new URL(path, 'http://upstream');
    if (url.pathname === '/v2/') return reply(200, 'application/json', '{}');
    const [, name = '', route, reference = ''] = ROUTE.exec(url.pathname) ?? [];
    const repository = this.#repositories.get(name);
    if (!repository) return notFound('NAME_UNKNOWN');
    if (route === 'manifests') return replyManifest(repository, reference, headers);
    if (route === 'blobs') return replyBlob(repository, reference, headers);
    return route === 'tags' ? replyTags(name, repository, url) : replyReferrers(repository, reference);
  }

  #open(name: string): Repository {
    const repository = this.#repositories.get(name) ?? { manifests: new Map(), blobs: new Map(), tags: new Map() };
    this.#repositories.set(name, repository);
    return repository;
  }
}

function replyManifest(repository: Repository, reference: string, headers: IncomingHttpHeaders): Reply {
  const tag = repository.tags.get(reference);
  const digest = tag ? (tag.digests[tag.asked++ % tag.digests.length] ?? '') : reference;
  const manifest = repository.manifests.get(digest);
  if (!manifest) return notFound('MANIFEST_UNKNOWN');
  const own = { etag: `"${digest}"`, 'docker-content-digest': digest };
  if (headers['if-none-match'] === own.etag) return { status: 304, headers: own, body: Buffer.alloc(0) };
  return reply(200, manifest.mediaType, manifest.bytes, own);
}

function replyBlob({ blobs }: Repository, digest: string, headers: IncomingHttpHeaders): Reply {
  const bytes = blobs.get(digest);
  if (!bytes) return notFound('BLOB_UNKNOWN');
  const own = { 'docker-content-digest': digest, 'accept-ranges': 'bytes' };
  const type = 'application/octet-stream';
  const range = parseRange(headers.range, bytes.length);
  if (range === null) return reply(200, type, bytes, own);
  if (range === 'unsatisfiable') return reply(416, type, '', { 'content-range': `bytes */${bytes.length}` });
  const contentRange = `bytes ${range.start}-${range.end}/${bytes.length}`;
  return reply(206, type, bytes.subarray(range.start, range.end + 1), { ...own, 'content-range': contentRange });
}

function replyTags(name: string, { tags }: Repository, url: URL): Reply {
  const last = url.searchParams.get('last') ?? '';
  const after = [...tags.keys()].sort().filter((tag) => tag > last);
  const page = after.slice(0, Number(url.searchParams.get('n') ?? after.length));
  const next = `</v2/${name}/tags/list?n=${page.length}&last=${page.at(-1)}>; rel="next"`;
  const link = page.length > 0 && page.length < after.length ? { link: next } : {};
  return reply(200, 'application/json', JSON.stringify({ name, tags: page }), link);
}

function replyReferrers({ manifests }: Repository, digest: string): Reply {
  const found: BuiltDescriptor[] = [];
  for (const manifest of manifests.values()) {
    const document = parseDocument(manifest.bytes);
    if (document.subject?.digest !== digest) continue;
    const artifactType = document.artifactType ?? document.config?.mediaType;
    found.push(descriptorOf(manifest, { ...(artifactType && { artifactType }) }));
  }
  return reply(200, INDEX, JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: found }));
}

type Document = { subject?: { digest: string }; artifactType?: string; config?: { mediaType: string } };

function parseDocument(bytes: Buffer): Document {
  try {
    return JSON.parse(bytes.toString()) as Document;
  } catch {
    return {};
  }
}

function notFound(code: string): Reply {
  return reply(404, 'application/json', JSON.stringify({ errors: [{ code, message: 'not found' }] }));
}

export function reply(status: number, type: string, content: Buffer | string, headers = {}): Reply {
  const body = Buffer.from(content);
  return { status, headers: { 'content-type': type, ...headers }, body };
}
