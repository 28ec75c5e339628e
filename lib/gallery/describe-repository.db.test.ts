import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { blobOf, buildIndex, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { describeRepository } from './describe-repository.ts';
import { featureTag } from '#lib/repositories/feature-tag.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';

let site: TestApp;
let user: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  user = await site.createUser();
});
afterAll(() => site.close());

const key = (name: string) => `org.opencontainers.image.${name}`;
const SOURCE = 'https://github.com/acme/monitor';

function imageOf(labels: Record<string, string>, annotations: Record<string, string> = {}): BuiltManifest {
  const document = { os: 'linux', architecture: 'amd64', config: { Labels: labels } };
  const config = blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify(document));
  return buildManifest({ config, layers: [], annotations });
}

let count = 0;
function openRepository() {
  const fullName = `${user.alias}/image-${(count += 1)}`;
  const row = async () => {
    const found = await findRepository(site.app, fullName);
    return site.app.db.repository.findUniqueOrThrow({ where: { id: found?.id ?? 0n } });
  };
  return {
    fullName,
    row,
    /** Pushes an image and runs the job that a push enqueues. */
    push: async (image: BuiltManifest, ...tags: string[]) => {
      await createDistributionClient(site.url, user.token).push(fullName, image, tags);
      await describeRepository(site.app, (await row()).id);
      return row();
    },
    write: (catalogData: { description?: string; aboutText?: string }) =>
      updateCatalogData(site.app, { caller: user.caller, fullName, catalogData }),
  };
}

describe('a pushed repository', () => {
  test('is described by its image, from annotations before labels', async () => {
    const { push } = openRepository();
    const labels = { [key('description')]: 'from the label', [key('licenses')]: 'MIT', [key('source')]: SOURCE };
    expect(await push(imageOf(labels, { [key('description')]: 'Watches things' }), '1.0')).toMatchObject({
      description: 'Watches things',
      aboutText: `- Source: <${SOURCE}>\n- Licence: MIT`,
      sourceUrl: SOURCE,
    });
  });

  test('follows the image on its page until the publisher edits the text', async () => {
    const { push, write, row, fullName } = openRepository();
    await push(imageOf({ [key('description')]: 'First' }), '1.0');
    expect((await push(imageOf({ [key('description')]: 'Second', [key('url')]: SOURCE }), '2.0')).description).toBe(
      'Second',
    );
    await write({ description: 'By hand' });
    const third = await push(imageOf({ [key('description')]: 'Third', [key('vendor')]: 'Acme' }), '3.0');
    expect(third).toMatchObject({ description: 'By hand', aboutText: '- Vendor: Acme' });
    await featureTag(site.app, { caller: user.caller, fullName, tag: '1.0' });
    await write({ description: '' });
    await describeRepository(site.app, third.id);
    expect(await row()).toMatchObject({ description: 'First', aboutText: '' });
  });

  test("is described by an index's annotations and its first image's labels", async () => {
    const { push } = openRepository();
    const child = imageOf({ [key('description')]: 'For one machine', [key('source')]: SOURCE });
    const images = [{ image: child, platform: { os: 'linux', architecture: 'amd64' } }];
    const index = buildIndex(images, { [key('description')]: 'For every machine' });
    expect(await push(index, 'latest')).toMatchObject({ description: 'For every machine', sourceUrl: SOURCE });
  });

  test('is not changed or audited without new descriptions', async () => {
    const { push, row } = openRepository();
    const image = imageOf({ [key('description')]: 'Same' });
    const { id, version } = await push(image, '1.0');
    await describeRepository(site.app, id);
    expect((await row()).version).toBe(version);
    const { registryKey, name } = await row();
    const where = { action: 'repository.describe-image', registryKey, target: name };
    expect(await site.app.db.auditEvent.count({ where })).toBe(1);
  });

  test('keeps texts that its publisher edits while the image is read', async () => {
    const { push, write, row } = openRepository();
    const { id } = await push(imageOf({ [key('description')]: 'Of the image' }), '1.0');
    const open = vi.spyOn(site.app.blobs, 'open').mockImplementationOnce(async (...blob) => {
      await write({ description: 'Of the publisher' });
      return site.app.blobs.open(...blob);
    });
    onTestFinished(() => open.mockRestore());
    await site.app.db.repository.update({ where: { id }, data: { description: '', imageDescription: '' } });
    await describeRepository(site.app, id);
    expect(open).toHaveBeenCalled();
    expect(await row()).toMatchObject({ description: 'Of the publisher' });
  });

  test('ignores a title that repeats its name', async () => {
    const { push, fullName } = openRepository();
    const name = fullName.split('/')[1] ?? '';
    expect(await push(imageOf({}, { [key('title')]: name }), '1.0')).toMatchObject({ description: '' });
    expect(await push(imageOf({}, { [key('title')]: 'Monitor' }), '2.0')).toMatchObject({ description: 'Monitor' });
  });

  test('ignores an invalid config', async () => {
    const { push } = openRepository();
    const config = blobOf('application/vnd.oci.image.config.v1+json', 'no JSON');
    expect(await push(buildManifest({ config, layers: [] }), '1.0')).toMatchObject({
      description: '',
      sourceUrl: null,
    });
  });

  test('is described by the job after a push and then reindexed', async () => {
    const { fullName, row } = openRepository();
    await site.startWorker();
    const image = imageOf({ [key('description')]: 'Found by its label' });
    await createDistributionClient(site.url, user.token).push(fullName, image, ['1.0']);
    await expect
      .poll(
        async () =>
          (await site.app.db.searchRepository.findUnique({ where: { repositoryId: (await row()).id } }))?.description,
        { timeout: 15_000 },
      )
      .toBe('Found by its label');
  });
});
