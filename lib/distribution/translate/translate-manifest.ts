import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { toDigest, type Digest } from '#lib/oci/digest.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import { isImageConfig, isSchema1Type, manifestKind, SCHEMA_1 } from '#lib/oci/media-types.ts';
import { isSmall } from '#lib/images/read-document.ts';
import { readManifest } from '#lib/oci/read-manifest.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { PullCache } from '#lib/distribution/hot-path/pull-cache.ts';
import { pullManifest, type PulledManifest } from '#lib/distribution/pull/pull-manifest.ts';
import { readConfigBlob } from '#lib/distribution/pull/read-config-blob.ts';
import type { Format } from './choose-format.ts';
import { convertImage, convertList, counterpart, isImageEntry, type Converted } from './convert-manifest.ts';
import type { Formats } from './formats.ts';
import { buildSchema1 } from './schema-1/build-schema-1.ts';
import { signManifest } from './schema-1/sign-manifest.ts';
import { findTranslation, keepTranslation, type Translation } from './translated-rows.sql.ts';

/** Each needs a conversion of its own. No list of platforms is near it. */
const MAX_CHILDREN = 100;
const LAYER =
  /^application\/vnd\.(?:docker\.image\.rootfs\.diff\.tar(?:\.gzip)?|oci\.image\.layer\.v1\.tar(?:\+gzip)?)$/;

type App = Parameters<typeof pullManifest>[0] & Parameters<typeof readConfigBlob>[0] & TranslationApp;
type TranslationApp = { pool: pg.Pool; formats: Pick<Formats, 'schema1Key'> };

type Input = { repository: FoundRepository; tag: string; manifest: PulledManifest; format: Format };

/**
 * Translates what a tag points to into a format that the client reads, once for all clients. Resolves to the stored
 * manifest if it has no such form.
 */
export async function translateManifest(app: App, input: Input): Promise<PulledManifest> {
  const { manifest } = input;
  const { repositoryId } = manifest;
  const known = recallTranslation(app, input);
  if (known) return known;
  const key = keyOf(input);
  const made = await make(app, input);
  return made ? app.pullCache.content({ repositoryId, key }, () => Promise.resolve(made), sizeOf) : manifest;
}

/** Finds a cached translation. */
export function recallTranslation({ pullCache }: { pullCache: PullCache }, input: Input): PulledManifest | null {
  return pullCache.findContent<PulledManifest>({ repositoryId: input.manifest.repositoryId, key: keyOf(input) });
}

function keyOf({ tag, manifest, format: { mediaType, ofPlatform } }: Input): string {
  return `translated ${manifest.digest} ${mediaType} ${ofPlatform} ${isSchema1Type(mediaType) ? tag : ''}`;
}

const sizeOf = ({ sizeBytes }: PulledManifest) => sizeBytes;

async function make(app: App, input: Input): Promise<PulledManifest | null> {
  const { repository, manifest, format, tag } = input;
  const source = format.ofPlatform ? await findImage(app, input) : manifest;
  if (!source || source.mediaType === format.mediaType) return source;
  const translation = await translateOnce(app, { repository, source, mediaType: format.mediaType, tag });
  return translation && present(source, translation);
}

/** The image for linux/amd64, which old clients expect. Null: the list has none, or it is missing. */
async function findImage(app: App, { repository, manifest }: Input): Promise<PulledManifest | null> {
  const list = readManifest(manifest.payload, manifest.mediaType);
  const child = list?.children.find(
    (entry) => isImageEntry(entry) && entry.platform?.os === 'linux' && entry.platform.architecture === 'amd64',
  );
  return child ? pullChild(app, repository, child) : null;
}

async function pullChild(
  app: App,
  repository: FoundRepository,
  { digest }: Descriptor,
): Promise<PulledManifest | null> {
  try {
    return await pullManifest(app, { repository, reference: { kind: 'digest', digest } });
  } catch (error) {
    if (isAppError(error) && error.code === 'manifest_not_found') return null;
    throw error;
  }
}

type Source = { repository: FoundRepository; source: PulledManifest; mediaType: string; tag: string };

async function translateOnce(app: App, { repository, source, mediaType, tag }: Source): Promise<Translation | null> {
  const { repositoryId, digest: sourceDigest } = source;
  const key = { repositoryId, sourceDigest, mediaType, tag: isSchema1Type(mediaType) ? tag : '' };
  const found = await findTranslation(app.pool, key);
  if (found) return found;
  const made = isSmall(source.payload) ? await translate(app, { repository, source, mediaType, tag }) : null;
  return made && keepTranslation(app.pool, key, made);
}

/** `payload` is what is sent, signatures included. */
type Made = { digest: Digest; payload: Buffer };
type Wanted = { repository: FoundRepository; manifest: Manifest; mediaType: string; tag: string };

/** Images and lists are small. Anything else isn't worth blocking the event loop for. */
async function translate(app: App, { repository, source, mediaType, tag }: Source): Promise<Made | null> {
  if (source.mediaType === SCHEMA_1) return sign(app, source.payload.toString());
  const manifest = readManifest(source.payload, source.mediaType);
  if (!manifest) return null;
  const wanted = { repository, manifest, mediaType, tag };
  if (isSchema1Type(mediaType)) return toSchema1(app, wanted);
  const bytes = manifestKind(mediaType) === 'index' ? await toList(app, wanted) : convertImage(manifest);
  return bytes && { digest: sha256(bytes), payload: bytes };
}

/** @param wanted of a list whose images are all stored. Otherwise a client would miss some. */
async function toList(app: App, { repository, manifest, tag }: Wanted): Promise<Buffer | null> {
  const images = manifest.children.filter(isImageEntry);
  if (images.length > MAX_CHILDREN) return null;
  const converted = new Map<string, Converted>();
  for (const image of images) {
    const source = await pullChild(app, repository, image);
    const mediaType = counterpart(image.mediaType);
    const made = source && mediaType && (await translateOnce(app, { repository, source, mediaType, tag }));
    if (!made) return null;
    converted.set(image.digest, { digest: made.digest, size: made.payload.length });
  }
  return convertList(manifest, converted);
}

async function toSchema1(app: App, { repository, manifest, tag }: Wanted): Promise<Made | null> {
  const { config, layers, artifactType, subject } = manifest;
  const isImage = config && isImageConfig(config.mediaType) && artifactType === null && !subject;
  if (!isImage || !layers.every((layer) => LAYER.test(layer.mediaType))) return null;
  const { bytes } = await readConfigBlob(app, { repository, config });
  const digests = layers.map(({ digest }) => digest);
  if (!bytes || !isSmall(bytes)) return null;
  const text = buildSchema1({ name: repository.fullName, tag, config: bytes, layers: digests });
  return text === null ? null : sign(app, text);
}

function sign({ formats }: TranslationApp, text: string): Made {
  return { digest: sha256(text), payload: signManifest(text, formats.schema1Key, new Date()) };
}

function present({ repositoryId, cache, checkedAt, isGone, ...source }: PulledManifest, made: Translation) {
  const { digest, mediaType, payload } = made;
  const sourceDigest = source.sourceDigest ?? source.digest;
  return {
    repositoryId,
    cache,
    checkedAt,
    isGone,
    digest,
    sourceDigest,
    mediaType,
    payload,
    sizeBytes: payload.length,
  };
}

function sha256(bytes: Buffer | string): Digest {
  return toDigest('sha256', createHash('sha256').update(bytes).digest('hex'));
}
