// Clients that can resume continue an interrupted download where it stopped.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { BASE_URL, createPublisher, withFolder } from '../fixtures.ts';
import { run } from '../run-program.ts';
import { startBreakingProxy, type BreakingProxy } from './breaking-proxy.ts';
import { dockerAbsent, startDocker } from './docker-daemon.ts';
import { findGoTool } from './go-tools.ts';
import { readLayoutBlobs } from './read-layout-blobs.ts';

const LAYER_BYTES = 8 * 1024 * 1024;
const docker = dockerAbsent();
const regctl = await findGoTool('regctl');
const skipNote = (absent: string | null) => (absent ? ` (skipped: ${absent})` : '');

let proxy: BreakingProxy;
beforeEach(async () => {
  proxy = await startBreakingProxy(LAYER_BYTES / 2);
});
afterEach(() => proxy.close());

/** Pushes an image with a layer large enough to be interrupted. */
async function pushLargeImage(): Promise<{ repository: string; layer: string }> {
  const { alias, secret } = await createPublisher();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: new Date().toISOString(),
    layers: [[{ path: 'large', content: randomBytes(LAYER_BYTES) }]],
  });
  const layer = image.blobs.at(-1)?.digest ?? '';
  const repository = `${alias}/large`;
  await createDistributionClient(BASE_URL, secret).push(repository, image, ['v1']);
  return { repository, layer };
}

function expectResumed(): void {
  const resumed = proxy.ranges.filter((range) => range !== null);
  expect(resumed).toEqual([expect.stringMatching(/^bytes=[1-9]\d+-/)]);
}

describe('an interrupted pull resumes', () => {
  test.skipIf(docker)(`with docker${skipNote(docker)}`, async () => {
    const { repository } = await pushLargeImage();
    const daemon = await startDocker();
    try {
      await daemon.docker('pull', `${proxy.host}/${repository}:v1`);
      expectResumed();
    } finally {
      await daemon.stop();
    }
  });

  test.skipIf(regctl.absent)(`with regctl${skipNote(regctl.absent)}`, async () => {
    const { repository, layer } = await pushLargeImage();
    await withFolder(async (folder) => {
      const env = { REGCTL_CONFIG: join(folder, 'config.json'), DOCKER_CONFIG: folder };
      await run(regctl.path ?? '', ['registry', 'set', '--tls=disabled', proxy.host], env);
      const copy = ['image', 'copy', `${proxy.host}/${repository}:v1`, `ocidir://${folder}/out:v1`];
      await run(regctl.path ?? '', copy, env);
      expectResumed();
      expect(Object.keys(readLayoutBlobs(join(folder, 'out')))).toContain(layer.slice('sha256:'.length));
    });
  });
});
