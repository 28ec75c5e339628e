// Which display names are shown, on every surface that shows one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyPublisher } from '#lib/publishers/verification/verify-publisher.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { findRepository } from '#lib/repositories/find-repository.ts';
import { getPublisherPage, getRepositoryPage, listNewPublishers } from '#lib/gallery/gallery-queries.ts';
import { inviteMember } from '#lib/publishers/members/invite-member.ts';
import { indexRepository } from '#lib/gallery/jobs/index-repository.ts';
import { refreshSearch } from '#lib/gallery/jobs/refresh-search.ts';
import { findInvitation } from '#lib/publishers/members/member-queries.ts';
import { shownBranding, shownLogo } from './branding.ts';
import { listRegistries } from '#lib/repositories/queries.ts';
import { isSearchCurrent } from '#lib/gallery/rebuild-search.ts';
import { updateRegistryProfile } from './update-registry-profile.ts';

const NAME = 'Zephyrware Incorporated';
let site: TestApp;
let admin: TestUser;
beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
});
afterAll(() => site.close());

const under = (publisherBranding: 'verified' | 'everyone') => ({
  ...site.app,
  config: { ...site.app.config, publisherBranding },
});

async function createPublisher() {
  const user = await site.createUser();
  const { id, registryId } = await ownRegistry(user);
  await updateRegistryProfile(site.app, { caller: user.caller, registryKey: id, displayName: NAME });
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [[{ path: 'alias', content: user.alias }]],
  });
  await createDistributionClient(site.url, user.token).push(`${user.alias}/things`, image, ['latest']);
  const repository = await findRepository(site.app, `${user.alias}/things`);
  return { ...user, id, registryId, repositoryId: repository?.id ?? 0n };
}
type Publisher = Awaited<ReturnType<typeof createPublisher>>;

async function ownRegistry({ caller }: TestUser) {
  const [registry] = await listRegistries(site.app, { userId: caller.principal.userId });
  if (!registry) throw new Error('registry not found');
  return registry;
}

/** Collects the publisher's name from every public surface. */
async function namesShown(app: TestApp['app'], { alias, caller, id, repositoryId }: Publisher): Promise<string[]> {
  await indexRepository(app, { repositoryId: String(repositoryId) });
  const { link } = await inviteMember(app, { caller, registryKey: id, email: 'invited@example.org', role: 'reader' });
  const invitation = await findInvitation(app, { secret: new URL(link).searchParams.get('secret') ?? '' });
  const newest = (await listNewPublishers(app, { limit: 50 })).find((publisher) => publisher.alias === alias);
  return [
    (await getPublisherPage(app, alias))?.displayName,
    (await getRepositoryPage(app, { repositoryId })).publisherName,
    newest?.displayName,
    (await search(app, alias))[0]?.displayName,
    invitation?.publisher === alias ? '' : invitation?.publisher,
  ].map((name) => name ?? 'nothing found');
}

async function search(app: TestApp['app'], query: string) {
  return (await app.search.search({ query, filters: {}, sort: 'relevance', offset: 0, limit: 50 })).hits;
}

const PLACES = 5;
const all = (name: string) => Array.from({ length: PLACES }, () => name);

describe('branding rules', () => {
  const at = new Date();
  const unverified = { verifiedAt: null, verifiedBy: null, verifiedNote: null, domainProofs: [] };
  const byAdmin = { ...unverified, verifiedAt: at, verifiedBy: 'decision', verifiedNote: 'Known.' };
  const byDomain = { ...unverified, domainProofs: [{ domain: 'zephyr.example', provenAt: at }] };
  const unproven = { ...unverified, verifiedAt: at, verifiedBy: 'domain', verifiedNote: 'zephyr.example' };
  const denied = { ...byDomain, verifiedBy: 'denied' };
  const publicSuffix = { ...unverified, domainProofs: [{ domain: 'github.io', provenAt: at }] };
  test.each([
    ['verified', 'not verified', unverified, false],
    ['verified', 'by an admin', byAdmin, true],
    ['verified', 'by a domain', byDomain, true],
    ['verified', 'by a domain that is no longer proven', unproven, false],
    ['verified', 'badge revoked by an admin', denied, false],
    ['verified', 'by a public suffix', publicSuffix, false],
    ['everyone', 'not verified', unverified, true],
    ['everyone', 'by an admin', byAdmin, true],
  ] as const)('rule %s, %s: shows branding only for an approved name', (rule, _who, verification, isShown) => {
    const registry = {
      ...verification,
      domainProofs: [...verification.domainProofs],
      displayName: NAME,
      logoId: 'of registry',
    };
    const own = { logoId: 'own', quarantinedAt: null };
    for (const approvedName of [null, 'Another name']) {
      expect(shownBranding(rule, { ...registry, approvedName })).toEqual({ displayName: '', logoId: null });
      expect(shownLogo(rule, { ...registry, approvedName }, own)).toBeNull();
    }
    const approved = { ...registry, approvedName: NAME };
    expect(shownBranding(rule, approved)).toEqual({
      displayName: isShown ? NAME : '',
      logoId: isShown ? 'of registry' : null,
    });
    expect(shownLogo(rule, approved, own)).toBe(isShown ? 'own' : null);
    expect(shownLogo(rule, approved, { ...own, logoId: null })).toBe(isShown ? 'of registry' : null);
    expect(shownLogo(rule, approved, { ...own, quarantinedAt: at })).toBeNull();
  });
});

describe('a publisher', () => {
  test('is shown by name only while verified', async () => {
    const publisher = await createPublisher();
    const verify = (reason: string | null) =>
      verifyPublisher(site.app, { caller: admin.caller, registryId: publisher.registryId, reason });
    expect(site.app.config.publisherBranding).toBe('verified');
    expect(await namesShown(site.app, publisher)).toEqual(all(''));
    expect(await search(site.app, NAME)).toEqual([]);
    expect(await ownRegistry(publisher)).toMatchObject({ displayName: NAME, isBrandingShown: false });
    await verify('Known to us.');
    expect(await namesShown(site.app, publisher)).toEqual(all(NAME));
    expect(await search(site.app, NAME)).toMatchObject([{ alias: publisher.alias }]);
    expect(await ownRegistry(publisher)).toMatchObject({ isBrandingShown: true, isVerified: true });
    await verify(null);
    expect(await namesShown(site.app, publisher)).toEqual(all(''));
    expect(await search(site.app, NAME)).toEqual([]);
  });

  test('is shown by name unverified if the site allows it, and refreshSearch follows a change of the setting', async () => {
    const publisher = await createPublisher();
    expect(await namesShown(under('everyone'), publisher)).toEqual(all(NAME));
    await refreshSearch(under('verified'));
    expect(await isSearchCurrent(under('verified'))).toBe(true);
    expect(await isSearchCurrent(under('everyone'))).toBe(false);
    expect(await search(site.app, NAME)).toEqual([]);
    await refreshSearch(under('everyone'));
    expect((await search(site.app, NAME)).map(({ alias }) => alias)).toContain(publisher.alias);
    await site.app.db.searchRepository.deleteMany();
    await refreshSearch(under('everyone'));
    expect(await site.app.db.searchRepository.count()).toBe(0);
  });
});
