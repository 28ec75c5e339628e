import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { handleRestRequest } from '../../handle-rest-request.ts';

let site: TestApp;
let owner: TestUser;
let fullName = '';
const images: BuiltManifest[] = [];
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser({ scopes: ['api:write', 'repository:*:pull,push,delete'] });
  fullName = `${owner.alias}/app`;
  const client = createDistributionClient(site.url, owner.token);
  for (const content of ['a', 'b', 'c']) {
    const platform = { os: 'linux', architecture: 'amd64' };
    const image = await buildImage({ platform, created: '2026-01-01T00:00:00Z', layers: [[{ path: 'x', content }]] });
    await client.push(fullName, image, [`tag-${content}`]);
    images.push(image);
  }
});
afterAll(() => site.close());

async function call(method: string, below: string, body?: object, token = owner.token) {
  const url = `http://localhost/api/v1/repositories/${encodeURIComponent(fullName)}/${below}`;
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const response = await handleRestRequest(site.app, request);
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
}

const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 1 };
const policy = JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });

test('a policy is set, previewed and removed', async () => {
  expect(await call('GET', 'lifecycle-policy')).toEqual({
    status: 200,
    body: { policy: null, evaluatedAt: null, protectedTags: [] },
  });
  expect(await call('POST', 'lifecycle-preview', {})).toMatchObject({ status: 404 });
  expect(await call('GET', 'lifecycle-preview')).toMatchObject({ status: 404 });
  expect(await call('PUT', 'lifecycle-policy', { policy: '{"rules":[]}' })).toMatchObject({
    status: 400,
    body: { detail: 'A policy needs at least one rule.' },
  });
  expect(await call('PUT', 'lifecycle-policy', { policy })).toEqual({ status: 204, body: null });
  expect(await call('PUT', 'protected-tags', { protectedTags: ['*-a', '*-a'] })).toEqual({ status: 204, body: null });
  expect(await call('GET', 'lifecycle-policy')).toMatchObject({ body: { policy, protectedTags: ['*-a'] } });
  const planned = { digest: images[1]?.digest, tags: ['tag-b'], outcome: 'planned', action: 'expire' };
  expect(await call('POST', 'lifecycle-preview', {})).toMatchObject({
    status: 200,
    body: {
      imageCount: 3,
      imageLimit: 2,
      taken: [
        { rulePriority: 1, action: 'expire', outcome: 'planned', count: 1 },
        { rulePriority: 1, action: 'expire', outcome: 'protected', count: 1 },
      ],
      images: [planned, { digest: images[0]?.digest, outcome: 'protected' }],
      next: null,
    },
  });
  expect(await call('GET', 'lifecycle-preview?limit=1')).toMatchObject({ body: { images: [planned], next: 1 } });
  expect(await call('GET', 'lifecycle-preview?after=1')).toMatchObject({
    body: { images: [{ outcome: 'protected' }] },
  });
  expect(await call('GET', 'lifecycle-preview?outcome=planned')).toMatchObject({ body: { images: [planned] } });
  expect(await call('GET', 'lifecycle-runs')).toEqual({ status: 200, body: { total: 0, runs: [] } });
  expect(await call('GET', 'lifecycle-runs/none')).toMatchObject({ status: 404 });
  expect(await call('DELETE', 'lifecycle-policy')).toEqual({ status: 204, body: null });
  expect(await call('DELETE', 'lifecycle-policy')).toMatchObject({ status: 404 });
});

test('an image is archived and restored', async () => {
  const digest = images[2]?.digest ?? '';
  const put = (storageClass: string, of = digest) => call('PUT', `images/${of}/storage-class`, { storageClass });
  const pull = async () => {
    const headers = { authorization: `Basic ${Buffer.from(`x:${owner.token}`).toString('base64')}` };
    const response = await fetch(`${site.url}/v2/${fullName}/manifests/tag-c`, { headers });
    return [response.status, response.status === 200 ? null : ((await response.json()) as unknown)];
  };
  expect(await pull()).toEqual([200, null]);
  expect(await put('archive')).toEqual({ status: 204, body: null });
  const message = 'tag-c is archived. Its publisher can restore it, and pushing it again does so too.';
  expect(await pull()).toEqual([404, { errors: [{ code: 'MANIFEST_UNKNOWN', message, detail: { digest } }] }]);
  expect(await put('standard')).toEqual({ status: 204, body: null });
  expect(await pull()).toEqual([200, null]);
  expect(await put('archive', `sha256:${'0'.repeat(64)}`)).toMatchObject({ status: 404 });
  expect(await put('cold')).toMatchObject({ status: 400 });
});
