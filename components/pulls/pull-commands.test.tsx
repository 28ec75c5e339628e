import { expect, test } from 'vitest';
import { clientsOf, pullCommand, type PullClient } from './pull-commands.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const secure = { address: 'gallery.test/ada/tools/fmt', reference: { tag: '1.0' }, isPlainHttp: false };
const plain = { ...secure, address: 'localhost:3000/ada/fmt', isPlainHttp: true };

test.each<[PullClient, string, string]>([
  ['docker', 'docker pull gallery.test/ada/tools/fmt:1.0', 'docker pull localhost:3000/ada/fmt:1.0'],
  ['podman', 'podman pull gallery.test/ada/tools/fmt:1.0', 'podman pull --tls-verify=false localhost:3000/ada/fmt:1.0'],
  [
    'nerdctl',
    'nerdctl pull gallery.test/ada/tools/fmt:1.0',
    'nerdctl --insecure-registry pull localhost:3000/ada/fmt:1.0',
  ],
  ['ctr', 'ctr images pull gallery.test/ada/tools/fmt:1.0', 'ctr images pull --plain-http localhost:3000/ada/fmt:1.0'],
  [
    'skopeo',
    'skopeo copy docker://gallery.test/ada/tools/fmt:1.0 oci:fmt',
    'skopeo copy --src-tls-verify=false docker://localhost:3000/ada/fmt:1.0 oci:fmt',
  ],
  [
    'helm',
    'helm pull oci://gallery.test/ada/tools/fmt --version 1.0',
    'helm pull --plain-http oci://localhost:3000/ada/fmt --version 1.0',
  ],
  ['oras', 'oras pull gallery.test/ada/tools/fmt:1.0', 'oras pull --plain-http localhost:3000/ada/fmt:1.0'],
])('%s over https and over plain http', (client, overHttps, overHttp) => {
  expect(pullCommand(client, secure)).toBe(overHttps);
  expect(pullCommand(client, plain)).toBe(overHttp);
});

test('a digest takes the place of the tag', () => {
  const byDigest = { ...secure, reference: { digest: DIGEST } };
  expect(pullCommand('docker', byDigest)).toBe(`docker pull gallery.test/ada/tools/fmt@${DIGEST}`);
  expect(pullCommand('helm', byDigest)).toBe(`helm pull oci://gallery.test/ada/tools/fmt@${DIGEST}`);
});

test('Helm gets the chart version instead of the tag', () => {
  const chart = { ...secure, reference: { tag: '100.2.0_up40.1.2' } };
  expect(pullCommand('helm', chart)).toBe('helm pull oci://gallery.test/ada/tools/fmt --version 100.2.0+up40.1.2');
  expect(pullCommand('oras', chart)).toBe('oras pull gallery.test/ada/tools/fmt:100.2.0_up40.1.2');
});

test('Helm takes no tag that is not a version: it is given the digest', () => {
  for (const tag of ['latest', 'stable', '1.0.0_a_b', '1.2.3.4']) {
    const reference = { tag, digest: DIGEST };
    expect(pullCommand('helm', { ...secure, reference })).toBe(`helm pull oci://gallery.test/ada/tools/fmt@${DIGEST}`);
    expect(pullCommand('oras', { ...secure, reference })).toBe(`oras pull gallery.test/ada/tools/fmt:${tag}`);
  }
  for (const tag of ['1', '1.2', 'v1.2.3', '1.2.3-rc.1_build.5']) {
    const command = pullCommand('helm', { ...secure, reference: { tag, digest: DIGEST } });
    expect(command).toBe(`helm pull oci://gallery.test/ada/tools/fmt --version ${tag.replace('_', '+')}`);
  }
});

test('each kind is offered the clients that can do something with it', () => {
  expect(clientsOf('image')).not.toContain('helm');
  expect(clientsOf('chart')[0]).toBe('helm');
  expect(clientsOf('artifact')[0]).toBe('oras');
});
