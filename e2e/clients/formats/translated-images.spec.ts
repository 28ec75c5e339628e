import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOCKER_MANIFEST, DOCKER_MANIFEST_LIST } from '#lib/oci/media-types.ts';
import { writeOciLayout } from '#lib/testing/images/write-oci-layout.ts';
import { createPublisher, HOST, missing, withFolder } from '../../fixtures.ts';
import { run } from '../../run-program.ts';
import { containerdAbsent, startContainerd } from '../containerd.ts';
import { buildSampleIndex } from '../sample-image.ts';
import { startNarrowProxy } from './narrow-proxy.ts';

const absent = containerdAbsent() ?? missing('skopeo', 'runc');
const title = (text: string) => (absent ? `${text} (skipped: ${absent})` : text);

test.skipIf(absent).each([
  ['a list', `${DOCKER_MANIFEST_LIST}, ${DOCKER_MANIFEST}`, DOCKER_MANIFEST_LIST],
  ['an image', DOCKER_MANIFEST, DOCKER_MANIFEST],
])(title('an OCI index that is translated to %s of Docker runs in containerd'), async (_what, accept, mediaType) => {
  const { alias, secret } = await createPublisher();
  const name = `${alias}/translated`;
  await withFolder(async (folder) => {
    await writeOciLayout(join(folder, 'in'), await buildSampleIndex(), 'v1');
    const to = `docker://${HOST}/${name}:v1`;
    const login = ['--dest-tls-verify=false', '--dest-creds', `token:${secret}`];
    await run('skopeo', ['copy', '--all', ...login, `oci:${join(folder, 'in')}:v1`, to]);
  });
  const proxy = await startNarrowProxy(accept);
  const daemon = await startContainerd();
  try {
    const reference = `${proxy.host}/${name}:v1`;
    await daemon.ctr('images', 'pull', '--plain-http', '--snapshotter', 'native', reference);
    expect(await daemon.ctr('images', 'list')).toContain(mediaType);
    const output = await daemon.ctr('run', '--rm', '--snapshotter', 'native', reference, 'translated');
    expect(output).toContain('hello from a test');
  } finally {
    await daemon.stop();
    await proxy.close();
  }
});
