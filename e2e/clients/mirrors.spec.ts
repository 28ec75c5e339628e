// Pull-through with real programs on both sides. Upstreams: Debian's docker-registry and a second Vitrine. Clients:
// docker, podman, skopeo and containerd, with a cold and a warm cache and with the upstream stopped.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { startTestServer, type TestServer } from '#scripts/test-server.ts';
import { BASE_URL, HOST, createPublisher, missing, vitrine, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { containerdAbsent, startContainerd } from './containerd.ts';
import { startDockerRegistry, type DockerRegistry } from './docker-registry.ts';
import { dockerAbsent, startDocker } from './docker-daemon.ts';
import { buildSampleImage, buildSampleIndex } from './sample-image.ts';

const dockerRegistryAbsent = missing('docker-registry');
/** Returns whether to skip a test, with the reason for its title. */
const skipBecause = (...reasons: (string | null)[]) => {
  const reason = [dockerRegistryAbsent, ...reasons].find((text) => text !== null) ?? null;
  return { isSkipped: reason !== null, suffix: reason === null ? '' : ` (skipped: ${reason})` };
};

describe('images of another registry', () => {
  let upstream: DockerRegistry;
  let alias: string;

  beforeAll(async () => {
    if (dockerRegistryAbsent) return;
    upstream = await startDockerRegistry();
    ({ alias } = await createPublisher());
    await vitrine('mirror', 'all', '--registry', alias, '--from', `http://${upstream.host}`);
    await vitrine('mirror', 'route', '--host', 'docker.io', '--registry', alias);
  });
  afterAll(() => upstream?.close());

  async function publishUpstream(repository: string, build: () => Promise<BuiltManifest>): Promise<BuiltManifest> {
    const image = await build();
    await createDistributionClient(`http://${upstream.host}`, '').push(repository, image, ['v1']);
    return image;
  }

  /** Waits until config and layers are cached. A job fetches the config too. */
  async function waitUntilCached(repository: string, image: BuiltManifest): Promise<void> {
    for (const { digest } of image.blobs) {
      const path = `${BASE_URL}/v2/${alias}/${repository}/blobs/${digest}`;
      await expect.poll(async () => (await fetch(path, { method: 'HEAD' })).headers.get('x-cache')).toBe('HIT');
    }
  }

  const skopeo = skipBecause(missing('skopeo'));
  test.skipIf(skopeo.isSkipped)(
    `skopeo pulls a multi-platform image cold, warm and with the upstream stopped${skopeo.suffix}`,
    async () => {
      const index = await publishUpstream('team/many', buildSampleIndex);
      await withFolder(async (folder) => {
        await writeOciLayout(join(folder, 'in'), index, 'v1');
        const pull = async (name: string) => {
          const source = `docker://${HOST}/${alias}/team/many:v1`;
          const flags = ['--all', '--src-tls-verify=false', '--src-no-creds'];
          await run('skopeo', ['copy', ...flags, source, `oci:${folder}/${name}:v1`]);
          expect(readBlobs(join(folder, name))).toEqual(readBlobs(join(folder, 'in')));
        };
        await pull('cold');
        await pull('warm');
        for (const image of index.children) await waitUntilCached('team/many', image);
        await upstream.stop();
        await pull('stopped');
        await upstream.start();
      });
      const tags = await run('skopeo', ['list-tags', '--tls-verify=false', `docker://${HOST}/${alias}/team/many`]);
      expect(JSON.parse(tags)).toMatchObject({ Tags: ['v1'] });
    },
  );

  const podman = skipBecause(missing('podman'));
  test.skipIf(podman.isSkipped)(`podman pulls an image cold and warm${podman.suffix}`, async () => {
    const image = await publishUpstream('tool', buildSampleImage);
    await withFolder(async (folder) => {
      for (const name of ['cold', 'warm']) {
        const storage = ['--root', join(folder, name), '--runroot', join(folder, `run-${name}`)];
        const pull = ['pull', '--tls-verify=false', `${HOST}/${alias}/tool:v1`];
        const id = await run('podman', [...storage, '--storage-driver', 'vfs', ...pull]);
        expect(`sha256:${id.split('\n').at(-1)}`).toBe(
          image.blobs.find(({ mediaType }) => /config/.test(mediaType))?.digest,
        );
      }
    });
  });

  const docker = skipBecause(dockerAbsent());
  test.skipIf(docker.isSkipped)(
    `docker pulls an image by the site's name and through a registry mirror for Docker Hub, and runs it${docker.suffix}`,
    async () => {
      await publishUpstream('library/hello', buildSampleImage);
      // MIRROR_HOSTS maps this host name to docker.io.
      const mirror = BASE_URL.replace('127.0.0.1', 'localhost');
      const daemon = await startDocker('--registry-mirror', mirror);
      try {
        const reference = `${HOST}/${alias}/library/hello:v1`;
        await daemon.docker('pull', reference);
        expect(await daemon.docker('run', '--rm', '--network', 'none', reference)).toBe('hello from a test');
        const id = await daemon.docker('inspect', '-f', '{{.Id}}', reference);
        await daemon.docker('rmi', '-f', reference);
        await daemon.docker('pull', 'hello:v1');
        expect(await daemon.docker('inspect', '-f', '{{.Id}}', 'hello:v1')).toBe(id);
      } finally {
        await daemon.stop();
      }
    },
  );

  const containerd = skipBecause(containerdAbsent());
  test.skipIf(containerd.isSkipped)(
    `containerd pulls Docker Hub's names through a hosts.toml, cold and warm${containerd.suffix}`,
    async () => {
      const index = await publishUpstream('library/pause', buildSampleIndex);
      for (const _time of ['cold', 'warm']) {
        const daemon = await startContainerd();
        try {
          const hostsDir = daemon.setMirror('docker.io', BASE_URL);
          await daemon.ctr(
            'content',
            'fetch',
            '--hosts-dir',
            hostsDir,
            '--all-platforms',
            'docker.io/library/pause:v1',
          );
          const list = await daemon.ctr('images', 'list');
          expect(list).toContain('docker.io/library/pause:v1');
          expect(list).toContain(index.digest);
          const content = await daemon.ctr('content', 'list', '--quiet');
          const wanted = index.children.flatMap((image) => [image.digest, ...image.blobs.map(({ digest }) => digest)]);
          expect(content.split('\n').sort()).toEqual([...new Set([index.digest, ...wanted])].sort());
        } finally {
          await daemon.stop();
        }
      }
    },
  );
});

describe('images of another Vitrine', () => {
  let upstream: TestServer;
  beforeAll(async () => {
    upstream = await startTestServer({ DEMO: '1' });
  });
  afterAll(() => upstream?.stop());

  const skopeo = skipBecause(missing('skopeo'));
  test.skipIf(missing('skopeo'))(
    `are pulled through with a token: single-platform, multi-platform and charts${skopeo.suffix}`,
    async () => {
      const { alias } = await createPublisher();
      await vitrine('mirror', 'all', '--registry', alias, '--from', `http://${new URL(upstream.url).host}`);
      const rows = ['tidepool/kv', 'quillbase/charts/editor'];
      for (const name of rows) {
        const list = (await (await fetch(`${upstream.url}/v2/${name}/tags/list`)).json()) as { tags: string[] };
        const tag = list.tags[0] ?? '';
        await withFolder(async (folder) => {
          const pull = (host: string, path: string, target: string) =>
            run('skopeo', [
              'copy',
              '--all',
              '--src-tls-verify=false',
              '--src-no-creds',
              `docker://${host}/${path}:${tag}`,
              `oci:${folder}/${target}:v1`,
            ]);
          await pull(new URL(upstream.url).host, name, 'direct');
          await pull(HOST, `${alias}/${name}`, 'through');
          expect(readBlobs(join(folder, 'through'))).toEqual(readBlobs(join(folder, 'direct')));
        });
      }
    },
  );
});

function readBlobs(layout: string): Record<string, string> {
  const folder = join(layout, 'blobs', 'sha256');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}
