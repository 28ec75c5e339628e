// A mirror site with a faulty upstream for a test file, reset after each test.
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { blobOf, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createMirrorSite, type MirrorSite } from './mirror-site.ts';
import { sha256, type Answer } from './raw-http.ts';

export type MirroredImage = { name: string; image: BuiltManifest; layer: Buffer };

export type MirrorFixture = {
  readonly site: MirrorSite;
  /** Mirrors a new image. */
  mirrorImage: (layerBytes?: number) => Promise<MirroredImage>;
  get: (path: string, headers?: Record<string, string>) => Promise<Answer>;
  head: (path: string) => Promise<Answer>;
  manifestPath: (name: string, reference?: string) => string;
  blobPath: (name: string, bytes: Buffer) => string;
  /** Counts the upstream's requests that match. */
  asked: (filter: RegExp) => number;
};

/** Registers the hooks that start, reset and close the site. Call it once at the top of a test file. */
export function useMirrorSite(): MirrorFixture {
  let site: MirrorSite;
  let count = 0;
  beforeAll(async () => {
    site = await createMirrorSite({}, { breaker: { maxFailures: 1_000, firstPauseMs: 1, maxPauseMs: 1 } });
  });
  afterAll(() => site.close());
  afterEach(async () => {
    site.upstream.behave();
    site.upstream.demandAuth(null);
    await site.renewClient();
    site.app.upstream.pauses.clear();
    site.app.upstream.missing.clear();
  });
  return {
    get site() {
      return site;
    },
    mirrorImage: async (layerBytes = 200_000) => {
      const repository = `app-${(count += 1)}`;
      const layer = randomBytes(layerBytes);
      const config = JSON.stringify({ os: 'linux', architecture: 'arm64', count });
      const image = buildManifest({
        config: blobOf('application/vnd.oci.image.config.v1+json', config),
        layers: [blobOf('application/vnd.oci.image.layer.v1.tar', layer)],
      });
      site.upstream.content.add(repository, image, 'latest');
      return { name: await site.mirror(repository), image, layer };
    },
    get: (path, headers = {}) => site.anybody.send('GET', path, { headers }),
    head: (path) => site.anybody.send('HEAD', path),
    manifestPath: (name, reference = 'latest') => `/v2/${name}/manifests/${reference}`,
    blobPath: (name, bytes) => `/v2/${name}/blobs/${sha256(bytes)}`,
    asked: (filter) => site.upstream.find(filter).length,
  };
}
