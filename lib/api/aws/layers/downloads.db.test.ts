// Layers downloaded by their signed addresses, and what ends one.
import { GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import { expect, onTestFinished, test, vi } from 'vitest';
import { switchAccessKey } from '#lib/identity/access-keys/switch-access-key.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { pushByLayers } from '#lib/testing/aws/push-by-layers.ts';
import { useAwsSite } from '#lib/testing/aws/use-aws-site.ts';
import { createTestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { blobOf } from '#lib/testing/images/build-image.ts';

const ABSENT = `sha256:${'a'.repeat(64)}`;

const site = useAwsSite();
const { build, createEmpty } = site;
const getUrl = async (repositoryName: string, layerDigest: string) => {
  const { downloadUrl } = await site.aws.ecr.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest }));
  return downloadUrl ?? '';
};

test('an address serves a layer, whole or in part, without credentials', async () => {
  const name = await createEmpty();
  const image = await build('downloaded');
  await pushByLayers(site.aws.ecr, { repositoryName: name, image, tag: 'v1' });
  const layer = image.blobs[1];
  if (!layer) throw new Error('the image has no layer');
  const url = await getUrl(name, layer.digest);
  expect(url.startsWith(`${site.vitrine.url}/v2/${site.user.alias}/${name}/blobs/${layer.digest}?`)).toBe(true);
  expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(layer.bytes);
  const part = await fetch(url, { headers: { range: 'bytes=2-5' } });
  expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, layer.bytes.subarray(2, 6)]);

  const [path = '', query = ''] = url.split('?');
  const config = image.blobs[0]?.digest ?? '';
  expect((await fetch(path)).status).toBe(401);
  for (const altered of [
    `${path}?${query.replace(/signature=../, 'signature=xx')}`,
    `${path}?${query.replace(/expires=\d/, 'expires=9')}`,
    `${path.replace(layer.digest, config)}?${query}`,
    `${path.replace(name, `${name}-other`)}?${query}`,
    `${path}?signature=a`,
  ])
    expect((await fetch(altered)).status).toBe(403);
  const manifest = `${site.vitrine.url}/v2/${site.user.alias}/${name}/manifests/v1?${query}`;
  expect((await fetch(manifest)).status).toBe(401);
});

test('an address ends with its hour, its key and its repository', async () => {
  const name = await createEmpty();
  const image = await build('ended');
  await pushByLayers(site.aws.ecr, { repositoryName: name, image, tag: 'v1' });
  const url = await getUrl(name, image.blobs[0]?.digest ?? '');
  const statusOf = async () => (await fetch(url)).status;
  expect(await statusOf()).toBe(200);

  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_601_000 });
  onTestFinished(() => void vi.useRealTimers());
  expect(await statusOf()).toBe(403);
  vi.useRealTimers();

  const { id: registryKey } = await site.vitrine.app.db.registry.findUniqueOrThrow({
    where: { registryId: site.key.registryId },
  });
  const own = { caller: site.user.caller, registryKey, accessKeyId: site.key.accessKeyId };
  await switchAccessKey(site.vitrine.app, { ...own, isEnabled: false });
  expect(await statusOf()).toBe(403);
  await switchAccessKey(site.vitrine.app, { ...own, isEnabled: true });
  expect(await statusOf()).toBe(200);

  const where = { registryKey_name: { registryKey, name } };
  await site.vitrine.app.db.repository.update({ where, data: { quarantineReason: 'malware' } });
  expect(await statusOf()).toBe(403);
  await site.vitrine.app.db.repository.update({ where, data: { quarantineReason: null } });
  await site.vitrine.app.db.repository.delete({ where });
  await createRepository(site.vitrine.app, {
    caller: site.user.caller,
    alias: site.user.alias,
    name,
    visibility: 'private',
  });
  await pushByLayers(site.aws.ecr, { repositoryName: name, image, tag: 'v1' });
  expect(await statusOf()).toBe(403);
});

test('an address exists for layers of images only', async () => {
  const name = await createEmpty();
  const { digest, bytes } = blobOf('', 'a layer without an image');
  const client = createDistributionClient(site.vitrine.url, site.user.token);
  const path = `/v2/${site.user.alias}/${name}/blobs/uploads/?digest=${digest}`;
  await client.request('POST', path, { mediaType: 'application/octet-stream', bytes });
  await expect(getUrl(name, digest)).rejects.toMatchObject({ name: 'LayerInaccessibleException' });
  await expect(getUrl(name, ABSENT)).rejects.toMatchObject({ name: 'LayersNotFoundException' });
});

test('an address works at another replica', async () => {
  const { databaseUrl = '', dataDir } = site.vitrine.app.config;
  const other = await createTestApp({ DATABASE_URL: databaseUrl, DATA_DIR: dataDir });
  onTestFinished(() => other.close());
  const repositoryName = await createEmpty();
  const image = await build('two replicas');
  await pushByLayers(site.aws.ecr, { repositoryName, image, tag: 'v1' });
  const layerDigest = image.blobs[1]?.digest ?? '';
  const url = (await getUrl(repositoryName, layerDigest)).replace(site.vitrine.url, other.url);
  expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(image.blobs[1]?.bytes);
});
