// Attached documents over the REST API.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { handleRestRequest } from '../handle-rest-request.ts';
import { buildArtifact, buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';

let site: TestApp;
let ada: TestUser;
let image: BuiltManifest;
let sbom: BuiltManifest;
let name: string;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
  name = `${ada.alias}/web`;
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [[{ path: 'a', content: 'a' }]],
  });
  const packages = Array.from({ length: 5_000 }, (_, i) => ({
    name: `package-${i}`,
    versionInfo: '1.0',
    licenseDeclared: i % 2 ? 'MIT' : 'Apache-2.0',
  }));
  sbom = buildArtifact({
    artifactType: 'application/spdx+json',
    file: {
      name: 'sbom.json',
      mediaType: 'application/spdx+json',
      content: JSON.stringify({ spdxVersion: 'SPDX-2.3', name: 'web', packages }),
    },
    subject: image,
  });
  const client = createDistributionClient(site.url, ada.token);
  await client.push(name, image, ['1']);
  await client.push(name, sbom, []);
});
afterAll(() => site.close());

const get = async (path: string) => {
  const address = `http://localhost/api/v1/repositories/${encodeURIComponent(name)}/manifests/${path}`;
  const response = await handleRestRequest(site.app, new Request(address));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('an attached SBOM', () => {
  it('is listed', async () => {
    const { status, body } = await get(`${image.digest}/attachments`);
    expect(status).toBe(200);
    expect(body['attachments']).toEqual([
      {
        kind: 'sbom',
        digest: sbom.digest,
        type: 'application/spdx+json',
        subject: image.digest,
        foundBy: 'referrer',
        document: null,
      },
    ]);
  });

  it('is read on a thread, and searched in pages', async () => {
    const { status, body } = await get(`${sbom.digest}/documents/1?q=package-49+mit&limit=2&page=2`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'sbom', sbom: { format: 'SPDX', packageCount: 5_000, total: 56 } });
    const { packages } = body['sbom'] as { packages: { name: string }[] };
    expect(packages).toHaveLength(2);
    expect(site.app.attached.documents.size).toBe(1);
  });

  it('has no other documents', async () => {
    expect((await get(`${sbom.digest}/documents/2`)).status).toBe(404);
    expect((await get(`${sbom.digest}/documents/0`)).status).toBe(400);
    expect((await get(`sha256:${'0'.repeat(64)}/documents/1`)).status).toBe(404);
  });

  it('is hidden with its repository', async () => {
    await site.app.db.repository.updateMany({ where: { name: 'web' }, data: { visibility: 'private' } });
    expect((await get(`${sbom.digest}/documents/1`)).status).toBe(404);
    expect((await get(`${image.digest}/attachments`)).status).toBe(404);
  });
});
