import { expect, test } from 'vitest';
import { clientName } from './client-name.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox 128 on Linux'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`, 'Chrome 126 on Windows'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`,
    'Edge 126 on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Safari 17 on iPhone',
  ],
  [`Mozilla/5.0 (Linux; Android 14; Pixel 8) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`, 'Chrome 126 on Android'],
  [
    'docker/27.0.3 go/go1.21.11 git-commit/662f78c kernel/6.1.0 os/linux arch/amd64 UpstreamClient(Docker-Client/27.0.3 \\(linux\\))',
    'Docker 27.0.3',
  ],
  ['skopeo/1.14.2', 'Skopeo 1.14.2'],
  ['containers/5.24.1 (github.com/containers/image)', 'containers/image 5.24.1'],
  ['containerd/v1.7.13', 'containerd 1.7.13'],
  ['crane/v0.20.2 go-containerregistry/v0.20.2', 'crane 0.20.2'],
  ['Helm/3.15.2', 'Helm 3.15.2'],
  ['curl/8.5.0', 'curl 8.5.0'],
  ['node', 'Node.js'],
  ['deploy-bot/2.1 (ci)', 'deploy-bot 2.1'],
  ['', 'Unknown client'],
])('%j is shown as %j', (userAgent, name) => {
  expect(clientName(userAgent)).toBe(name);
});

test('a very long header is cut', () => {
  expect(clientName('x'.repeat(100_000))).toBe(`${'x'.repeat(40)}…`);
});
