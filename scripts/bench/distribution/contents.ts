// Generates images of a config and one layer of the requested size, each unique.
import { createHash, randomBytes, type Hash } from 'node:crypto';
import type { HttpSocket } from './http-socket.ts';
import { headerOf } from './http-socket.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';
const UNIQUE_BYTES = 64;
const PART_BYTES = 1024 * 1024;

export type Content = { digest: string; sizeBytes: number; parts: Buffer[] };
export type Image = { config: Content; layer: Content; manifest: Content };

export class ImageMaker {
  readonly #tail: Buffer[];

  /** @param layerBytes size of each layer */
  constructor(layerBytes: number) {
    const part = randomBytes(Math.min(PART_BYTES, layerBytes));
    this.#tail = [];
    for (let left = layerBytes - UNIQUE_BYTES; left > 0; left -= part.length) this.#tail.push(part.subarray(0, left));
  }

  make(): Image {
    const unique = randomBytes(UNIQUE_BYTES);
    const config = toContent([
      Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', id: unique.toString('hex') })),
    ]);
    const layer = toContent([unique, ...this.#tail]);
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, digest: config.digest, size: config.sizeBytes },
      layers: [{ mediaType: LAYER_TYPE, digest: layer.digest, size: layer.sizeBytes }],
    });
    return { config, layer, manifest: toContent([Buffer.from(text)]) };
  }
}

function toContent(parts: Buffer[]): Content {
  const hash: Hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  const sizeBytes = parts.reduce((sum, part) => sum + part.length, 0);
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes, parts };
}

type Target = { repository: string; tag: string; headers: Record<string, string> };

/**
 * Pushes like a client with all bytes at hand: POST and monolithic PUT for config and layer, then the manifest by tag.
 */
export async function pushImage(socket: HttpSocket, image: Image, { repository, tag, headers }: Target): Promise<void> {
  for (const { digest, parts } of [image.config, image.layer]) {
    const started = await socket.ask({ method: 'POST', path: `/v2/${repository}/blobs/uploads/`, headers });
    expectStatus(started.status, 202, 'POST of an upload');
    const location = toPath(headerOf(started, 'location') ?? '');
    const path = `${location}${location.includes('?') ? '&' : '?'}digest=${digest}`;
    const upload = { ...headers, 'Content-Type': 'application/octet-stream' };
    expectStatus(
      (await socket.ask({ method: 'PUT', path, headers: upload, body: parts })).status,
      201,
      'PUT of a blob',
    );
  }
  const typed = { ...headers, 'Content-Type': MANIFEST_TYPE };
  const path = `/v2/${repository}/manifests/${tag}`;
  const put = await socket.ask({ method: 'PUT', path, headers: typed, body: image.manifest.parts });
  expectStatus(put.status, 201, 'PUT of a manifest');
}

/** Some registries send an absolute Location. */
function toPath(location: string): string {
  return location.replace(/^https?:\/\/[^/]+/, '');
}

export function expectStatus(status: number, expected: number, what: string): void {
  if (status !== expected) throw new Error(`${what} returned ${status} instead of ${expected}`);
}
