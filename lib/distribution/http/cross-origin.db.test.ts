// Pages of other origins may read public content. Browsers enforce this by the response headers alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient, sha256, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { CONFIG, imageOf, typed } from '#lib/testing/images/sample-manifest.ts';
import { OCI_IMAGE_MANIFEST } from '#lib/oci/media-types.ts';

const ORIGIN = { origin: 'https://elsewhere.example' };

let site: TestApp;
let publisher: RawClient;
let anybody: RawClient;
let authorization: string;
let name: string;
let hidden: string;
beforeAll(async () => {
  site = await createTestApp();
  const ada = await site.createUser();
  authorization = basic(ada.token);
  publisher = createRawClient(site.url, authorization);
  anybody = createRawClient(site.url);
  [name, hidden] = [`${ada.alias}/open`, `${ada.alias}/hidden`];
  const { caller, alias } = ada;
  await createRepository(site.app, { caller, alias, name: 'hidden', visibility: 'private' });
  for (const repository of [name, hidden]) {
    await publisher.pushBlob(repository, CONFIG);
    const manifest = typed(OCI_IMAGE_MANIFEST, imageOf(CONFIG));
    await publisher.send('PUT', `/v2/${repository}/manifests/latest`, manifest);
  }
});
afterAll(() => site.close());

const paths = () => [
  ...[
    '/v2/',
    '/token',
    `/token?scope=repository:${name}:pull`,
    `/v2/${name}/manifests/latest`,
    `/v2/${name}/tags/list`,
  ],
  ...[`/v2/${name}/blobs/${sha256(CONFIG)}`, `/v2/${name}/referrers/${sha256(CONFIG)}`, `/v2/${name}/manifests/none`],
];
const allowOrigin = 'access-control-allow-origin';

describe('a page of another origin', () => {
  test('reads public content, and the headers that clients need', async () => {
    for (const path of [...paths(), `/v2/${hidden}/manifests/latest`])
      for (const method of ['GET', ...(path.startsWith('/token') ? [] : ['HEAD'])])
        for (const headers of [ORIGIN, {}]) {
          const answer = await anybody.send(method, path, { headers });
          expect(answer.headers[allowOrigin], `${method} ${path}`).toBe('*');
          expect(answer.headers['access-control-expose-headers']).toMatch(
            /Docker-Content-Digest.*Link.*WWW-Authenticate/,
          );
          expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
        }
  });

  test('reads nothing with credentials, valid or not', async () => {
    for (const path of [...paths(), `/v2/${hidden}/manifests/latest`])
      for (const given of [authorization, basic('wrong'), 'Bearer wrong', '']) {
        const answer = await anybody.send('GET', path, { headers: { ...ORIGIN, authorization: given } });
        expect(answer.headers[allowOrigin], `${path} ${given}`).toBeUndefined();
      }
  });

  test('writes nothing', async () => {
    for (const [method, path] of [
      ['POST', '/token'],
      ['POST', `/v2/${name}/blobs/uploads/`],
      ['PUT', `/v2/${name}/manifests/x`],
      ['DELETE', `/v2/${name}/manifests/latest`],
    ] as const)
      for (const client of [anybody, publisher]) {
        const answer = await client.send(method, path, { headers: ORIGIN });
        expect(answer.status, `${method} ${path}`).toBe(403);
        expect(answer.headers[allowOrigin], `${method} ${path}`).toBeUndefined();
      }
    expect((await publisher.send('HEAD', `/v2/${name}/manifests/latest`)).status).toBe(200);
  });

  test('a page of this site and a program may request a token', async () => {
    for (const headers of [{}, { origin: site.url }, { origin: site.url.replace('http:', 'https:') }]) {
      const answer = await anybody.send('POST', '/token', { headers, body: 'grant_type=none' });
      expect(answer.status).not.toBe(403);
    }
  });

  test('sends a preflight, which allows only reads without credentials', async () => {
    const preflight = (path: string, method: string, asked = '') =>
      anybody.send('OPTIONS', path, {
        headers: {
          ...ORIGIN,
          'access-control-request-method': method,
          ...(asked && { 'access-control-request-headers': asked }),
        },
      });
    for (const path of [...paths(), `/v2/${hidden}/manifests/latest`]) {
      for (const asked of ['', 'accept,range', 'if-none-match']) {
        const { status, headers } = await preflight(path, 'GET', asked);
        expect(status).toBe(204);
        expect(headers).toMatchObject({ [allowOrigin]: '*', 'access-control-allow-methods': 'GET, HEAD' });
        expect(headers['access-control-allow-headers']).toMatch(/Accept.*Range/);
        expect(headers['access-control-allow-headers']).not.toMatch(/Authorization/i);
      }
      for (const [method, asked] of [
        ['GET', 'accept, Authorization'],
        ['PUT', ''],
        ['DELETE', ''],
        ['POST', 'content-type'],
      ] as const) {
        const { status, headers } = await preflight(path, method, asked);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(headers[allowOrigin]).toBeUndefined();
      }
    }
  });
});
