import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { App } from '#lib/app.ts';
import { setReadmeSource } from '#lib/gallery/readme/set-readme-source.ts';
import { deleteManifest } from '#lib/images/delete-manifest.ts';
import { deleteImage } from '#lib/images/image-deletion/delete-image.ts';
import { deleteTag } from '#lib/images/tag-deletion/delete-tag.ts';
import { deleteTags } from '#lib/images/tag-deletion/delete-tags.ts';
import { beforeTransaction } from '#lib/testing/before-transaction.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { makeLogo } from '#lib/testing/images/sample-logo.ts';
import { deleteRepository } from './delete-repository.ts';
import { deprecateRepository } from '#lib/repositories/deprecation/deprecate-repository.ts';
import { featureTag } from '#lib/repositories/feature-tag.ts';
import { findRepository, type FoundRepository } from '#lib/repositories/find-repository.ts';
import { setRepositoryLogo } from '#lib/repositories/logo/set-repository-logo.ts';
import { liftQuarantine } from '#lib/repositories/moderation/lift-quarantine.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { takeDownRepository } from '#lib/repositories/moderation/take-down-repository.ts';
import { offerTransfer } from '#lib/repositories/moves/offer-transfer.ts';
import { tagResource } from '#lib/repositories/resource-tags/tag-resource.ts';
import { setTagMutability } from '#lib/repositories/tag-mutability/set-tag-mutability.ts';
import { setUntaggedDays } from '#lib/repositories/set-untagged-days.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';

let site: TestApp;
let ada: TestUser;
let other: TestUser;
let admin: TestUser;
let image: BuiltManifest;
let repository: FoundRepository;
let serial = 0;
beforeAll(async () => {
  site = await createTestApp();
  ada = await site.createUser();
  other = await site.createUser();
  admin = await site.createUser({ role: 'admin' });
  image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: 'some content' }]],
  });
});
afterAll(() => site.close());
beforeEach(async () => {
  const fullName = `${ada.alias}/app-${(serial += 1)}`;
  await createDistributionClient(site.url, ada.token).push(fullName, image, ['v1']);
  const found = await findRepository(site.app, fullName);
  if (!found) throw new Error(`${fullName} wasn't pushed`);
  repository = found;
});

type Change = (app: App, input: { caller: TestUser['caller']; fullName: string }) => Promise<unknown>;

const CHANGES: Record<string, Change> = {
  'a description': (app, input) => updateCatalogData(app, { ...input, catalogData: { description: 'New' } }),
  'a visibility': (app, input) => updateCatalogData(app, { ...input, visibility: 'private' }),
  'a logo': async (app, input) => setRepositoryLogo(app, { ...input, image: await makeLogo() }),
  'a featured tag': (app, input) => featureTag(app, { ...input, tag: 'v1' }),
  'a retention': (app, input) => setUntaggedDays(app, { ...input, days: 7 }),
  'a deprecation': (app, input) => deprecateRepository(app, { ...input, deprecation: { text: 'Gone soon.' } }),
  'a tag mutability': (app, input) => setTagMutability(app, { ...input, tagMutability: 'immutable' }),
  'a README source': (app, input) => setReadmeSource(app, { ...input, source: 'image' }),
  'resource tags': (app, input) =>
    tagResource(app, { ...input, action: 'ecr:TagResource', tags: [{ key: 'team', value: 'web' }] }),
  'a transfer': (app, input) => offerTransfer(app, { ...input, to: other.alias }),
  'the deletion of a tag': (app, { caller }) => deleteTag(app, { caller, repository, tag: 'v1' }),
  'the deletion of tags': (app, input) => deleteTags(app, { ...input, tags: [{ name: 'v1', digest: image.digest }] }),
  'the deletion of an image': (app, { caller }) => deleteImage(app, { caller, repository, digest: null, tag: 'v1' }),
  'the deletion of a manifest': (app, { caller }) => deleteManifest(app, { caller, repository, digest: image.digest }),
  'a quarantine': (app, { fullName }) =>
    quarantineRepository(app, { caller: admin.caller, fullName, reason: 'A miner was found.' }),
  'the end of a quarantine': (app, { fullName }) => liftQuarantine(app, { caller: admin.caller, fullName }),
  'a take-down': (app, { fullName }) =>
    takeDownRepository(app, { caller: admin.caller, fullName, reason: 'A miner was found.' }),
};

/** Everything that a change of the repository could write. */
async function readState() {
  const { id } = repository;
  const { db } = site.app;
  return {
    repository: await db.repository.findUnique({
      where: { id },
      include: { readme: true, transfer: true, resourceTags: true, tags: true, manifests: true },
    }),
    audit: await db.auditEvent.count(),
  };
}

test.each(Object.keys(CHANGES))('a repository that was deleted meanwhile is spared %s', async (what) => {
  const { fullName } = repository;
  const input = { caller: ada.caller, fullName };
  let deleted: unknown;
  const late = beforeTransaction(site.app, async () => {
    await deleteRepository(site.app, input);
    deleted = await readState();
  });
  await expect(CHANGES[what]?.(late, input)).rejects.toMatchObject({ code: 'repository_not_found' });
  expect(await readState()).toEqual(deleted);
});

test.each(Object.keys(CHANGES))('a repository that was purged meanwhile is missing for %s', async (what) => {
  const { id, fullName } = repository;
  const late = beforeTransaction(site.app, () => site.app.db.repository.delete({ where: { id } }));
  const change = CHANGES[what]?.(late, { caller: ada.caller, fullName });
  await expect(change).rejects.toMatchObject({ code: 'repository_not_found' });
});
