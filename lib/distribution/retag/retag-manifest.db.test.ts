import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RegistryRole } from '#lib/access/schema.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { buildImage, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { retagManifest } from './retag-manifest.ts';

let site: TestApp;
let owner: TestUser;
let images: BuiltManifest[];
let fullName = '';
let serial = 0;
beforeAll(async () => {
  site = await createTestApp();
  owner = await site.createUser();
  images = await Promise.all(
    ['amd64', 'arm64'].map((architecture) =>
      buildImage({ platform: { os: 'linux', architecture }, created: '2026-01-01T00:00:00Z', layers: [] }),
    ),
  );
});
afterAll(() => site.close());
beforeEach(async () => {
  fullName = `${owner.alias}/app-${(serial += 1)}`;
  const client = createDistributionClient(site.url, owner.token);
  for (const [i, image] of images.entries()) await client.push(fullName, image, [`${i + 1}.0`]);
});

const retag = (source: string, tag: string, { caller } = owner) =>
  retagManifest(site.app, { caller, fullName, source, tag });

async function readTags(): Promise<Record<string, string>> {
  const repositoryId = (await findRepository(site.app, fullName))?.id ?? 0n;
  const rows = await site.app.db.tag.findMany({ where: { repositoryId }, include: { manifest: true } });
  return Object.fromEntries(rows.map(({ name, manifest }) => [name, manifest.digest]));
}

const digestOf = (i: number) => images[i]?.digest ?? '';

test('a tag is added by tag and by digest, and moves when it exists', async () => {
  expect(await retag('1.0', 'stable')).toMatchObject({ digest: digestOf(0) });
  await retag(` ${digestOf(1)} `, ' latest ');
  await retag('2.0', 'stable');
  const tags = { '1.0': digestOf(0), '2.0': digestOf(1), stable: digestOf(1), latest: digestOf(1) };
  expect(await readTags()).toEqual(tags);
  const repositoryId = (await findRepository(site.app, fullName))?.id ?? 0n;
  const moves = await site.app.db.tagEvent.findMany({ where: { repositoryId, tag: 'stable' }, orderBy: { id: 'asc' } });
  expect(moves.map(({ fromDigest, toDigest }) => [fromDigest, toDigest])).toEqual([
    [null, digestOf(0)],
    [digestOf(0), digestOf(1)],
  ]);
  const events = await site.app.db.auditEvent.findMany({
    where: { target: `${fullName}:stable` },
    orderBy: { id: 'asc' },
  });
  expect(events.map(({ action, actorId }) => [action, actorId])).toEqual([
    ['tag.create', owner.caller.principal.userId],
    ['tag.move', owner.caller.principal.userId],
  ]);
});

test.each([
  ['', 'stable', 'invalid_input'],
  ['a b', 'stable', 'invalid_input'],
  ['sha256:12', 'stable', 'invalid_input'],
  ['1.0', '', 'invalid_input'],
  ['1.0', '-x', 'invalid_input'],
  ['1.0', 'x'.repeat(129), 'invalid_input'],
  ['1.0', 'a/b', 'invalid_input'],
  ['9.9', 'stable', 'manifest_not_found'],
  [`sha256:${'0'.repeat(64)}`, 'stable', 'manifest_not_found'],
])('refuses to tag %j as %j', async (source, tag, code) => {
  const before = await readTags();
  await expect(retag(source, tag)).rejects.toMatchObject({ code });
  expect(await readTags()).toEqual(before);
});

test.each([
  ['maintainer', null],
  ['pusher', null],
  ['reader', 'forbidden'],
  [null, 'forbidden'],
] as const)('a member with the role %s', async (role: RegistryRole | null, code) => {
  const member = await site.createUser();
  const registryKey = (await findRepository(site.app, fullName))?.registryKey ?? 0n;
  const { userId } = member.caller.principal;
  if (role) await site.app.db.member.create({ data: { registryKey, userId, role } });
  const done = retag('1.0', 'stable', member);
  if (code) await expect(done).rejects.toMatchObject({ code });
  else await done;
  expect('stable' in (await readTags())).toBe(code === null);
});

test('a hidden repository looks missing, and one in quarantine is closed', async () => {
  const stranger = await site.createUser();
  await site.app.db.repository.updateMany({
    where: { name: fullName.split('/')[1] ?? '' },
    data: { visibility: 'private' },
  });
  await expect(retag('1.0', 'stable', stranger)).rejects.toMatchObject({ code: 'repository_not_found' });
  await site.app.db.repository.updateMany({
    where: { name: fullName.split('/')[1] ?? '' },
    data: { quarantinedAt: new Date(), quarantineReason: 'Malware.' },
  });
  await expect(retag('1.0', 'stable')).rejects.toMatchObject({ code: 'quarantined' });
});
