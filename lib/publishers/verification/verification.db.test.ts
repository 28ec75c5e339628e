// The verified badge follows live proofs and admins' decisions on all pages and in search.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findRegistryByAlias, findRepository } from '#lib/repositories/find-repository.ts';
import { getPublisherPage, getRepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { indexRepository } from '#lib/gallery/jobs/index-repository.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { takeJobs } from '#lib/testing/queued-jobs.ts';
import type { DomainProbe } from './domain-probe.ts';
import { maintainRequests } from '#lib/aliases/jobs/maintain-requests.ts';
import { checkDomainProof, startDomainProof } from './prove-domain.ts';
import { verifyPublisher } from './verify-publisher.ts';

let site: TestApp;
let admin: TestUser;
const zone = new Map<string, string[]>();
const domainProbe: DomainProbe = {
  readTxt: (name) => Promise.resolve(zone.get(name.replace('_vitrine-challenge.', '')) ?? []),
  readFile: () => Promise.resolve({ problem: 'answered 404' }),
};
const withProbe = () => ({ ...site.app, domainProbe });

beforeAll(async () => {
  site = await createTestApp();
  admin = await site.createUser({ role: 'admin' });
});
afterAll(() => site.close());

async function createPublisher() {
  const user = await site.createUser();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-03-04T05:06:07Z',
    layers: [[{ path: 'alias', content: user.alias }]],
  });
  await createDistributionClient(site.url, user.token).push(`${user.alias}/things`, image, ['latest']);
  const [registry, repository] = [
    await findRegistryByAlias(site.app, user.alias),
    await findRepository(site.app, `${user.alias}/things`),
  ];
  const { caller, alias } = user;
  return {
    caller,
    alias,
    registryKey: registry?.id ?? 0n,
    digits: registry?.registryId ?? '',
    repositoryId: repository?.id ?? 0n,
  };
}
type Publisher = Awaited<ReturnType<typeof createPublisher>>;

const start = ({ caller, registryKey }: Publisher, domain: string) =>
  startDomainProof(site.app, { caller, registryKey, domain, method: 'dns' });
const check = ({ caller, registryKey }: Publisher, id: string) =>
  checkDomainProof(withProbe(), { caller, registryKey, id });
async function prove(publisher: Publisher, domain: string): Promise<string> {
  const { id, challenge } = await start(publisher, domain);
  zone.set(domain, [challenge]);
  await check(publisher, id);
  return id;
}

/** Fails three checks at least a week apart. */
async function lose(id: string): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const checkedAt = new Date(Date.now() - 40 * 86_400_000);
    await site.app.db.domainProof.update({ where: { id }, data: { checkedAt } });
    await maintainRequests(withProbe());
  }
  expect((await site.app.db.domainProof.findUniqueOrThrow({ where: { id } })).status).toBe('lost');
}

/** Returns the badge's text after checking that both pages and search agree. */
async function badge({ alias, repositoryId }: Publisher): Promise<string | null> {
  const page = await getRepositoryPage(site.app, { repositoryId });
  const publisher = await getPublisherPage(site.app, alias);
  expect(publisher?.verification).toEqual(page.verification);
  const payloads = await takeJobs(site.app, 'index-repository');
  for (const payload of payloads) await indexRepository(site.app, payload);
  const { hits } = await site.app.search.search({ query: alias, filters: {}, sort: 'relevance', offset: 0, limit: 5 });
  expect(hits.map(({ verified }) => verified)).toEqual([page.verification !== null]);
  return page.verification?.note ?? null;
}

describe('a proven domain', () => {
  test('gives the badge until it is lost', async () => {
    const publisher = await createPublisher();
    expect(await badge(publisher)).toBeNull();
    const id = await prove(publisher, 'one.example');
    expect(await badge(publisher)).toBe('one.example');
    zone.delete('one.example');
    await lose(id);
    expect(await badge(publisher)).toBeNull();
  });

  test('stays valid after a restart until the new challenge is found', async () => {
    const publisher = await createPublisher();
    const id = await prove(publisher, 'again.example');
    const old = zone.get('again.example') ?? [];
    const { challenge, status } = await start(publisher, 'again.example');
    expect(old).not.toContain(challenge);
    expect(status).toBe('proven');
    expect(await badge(publisher)).toBe('again.example');
    await expect(check(publisher, id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await badge(publisher)).toBe('again.example');
    zone.set('again.example', [challenge]);
    expect(await check(publisher, id)).toMatchObject({ status: 'proven', challenge });
    expect(await badge(publisher)).toBe('again.example');
    // The old challenge is no longer valid.
    zone.set('again.example', old);
    await lose(id);
    expect(await badge(publisher)).toBeNull();
  });

  test('is lost without its record despite restarts', async () => {
    const publisher = await createPublisher();
    const id = await prove(publisher, 'gone.example');
    zone.delete('gone.example');
    await start(publisher, 'gone.example');
    await lose(id);
    expect(await badge(publisher)).toBeNull();
    await start(publisher, 'gone.example');
    expect(await badge(publisher)).toBeNull();
    await expect(check(publisher, id)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('is not proven by the old challenge if restarted during a check', async () => {
    const publisher = await createPublisher();
    const { id, challenge } = await start(publisher, 'race.example');
    const readTxt = async () => {
      await start(publisher, 'race.example');
      return [challenge];
    };
    const app = { ...site.app, domainProbe: { ...domainProbe, readTxt } };
    const { caller, registryKey } = publisher;
    await expect(checkDomainProof(app, { caller, registryKey, id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await badge(publisher)).toBeNull();
  });

  test('keeps the badge if another domain is proven', async () => {
    const publisher = await createPublisher();
    const first = await prove(publisher, 'first.example');
    const second = await prove(publisher, 'second.example');
    expect(await badge(publisher)).toBe('first.example');
    zone.delete('first.example');
    await lose(first);
    expect(await badge(publisher)).toBe('second.example');
    zone.delete('second.example');
    await lose(second);
    expect(await badge(publisher)).toBeNull();
  });

  test.each(['co.uk', 'github.io', 'GitHub.io', 'com.au', 'blogspot.com', 'herokuapp.com'])(
    'cannot be %s',
    async (domain) => {
      await expect(start(await createPublisher(), domain)).rejects.toMatchObject({ code: 'invalid_input' });
    },
  );

  test('gives no badge and is lost if it is a public suffix from an older version', async () => {
    const publisher = await createPublisher();
    const id = await prove(publisher, 'alice.github.io');
    await site.app.db.domainProof.update({ where: { id }, data: { domain: 'github.io' } });
    zone.set('github.io', zone.get('alice.github.io') ?? []);
    expect((await getPublisherPage(site.app, publisher.alias))?.verification).toBeNull();
    await lose(id);
  });
});

describe('an admin', () => {
  const verify = ({ digits }: Publisher, reason: string | null) =>
    verifyPublisher(site.app, { caller: admin.caller, registryId: digits, reason });

  test('overrides domain proofs', async () => {
    const publisher = await createPublisher();
    await verify(publisher, 'Known to us.');
    const id = await prove(publisher, 'decided.example');
    expect(await badge(publisher)).toBe('Known to us.');
    zone.delete('decided.example');
    await lose(id);
    expect(await badge(publisher)).toBe('Known to us.');
    await verify(publisher, null);
    expect(await badge(publisher)).toBeNull();
    await prove(publisher, 'decided.example');
    expect(await badge(publisher)).toBe('decided.example');
    await verify(publisher, null);
    expect(await badge(publisher)).toBeNull();
    await prove(publisher, 'second-decided.example');
    expect(await badge(publisher)).toBeNull();
    await verify(publisher, 'Known to us after all.');
    expect(await badge(publisher)).toBe('Known to us after all.');
  });
});

test('an admin approves only the name shown to them', async () => {
  const publisher = await createPublisher();
  const { caller, registryKey, alias, digits } = publisher;
  const nameShown = async () => (await getPublisherPage(site.app, alias))?.displayName;
  const verify = (displayName?: string) =>
    verifyPublisher(site.app, { caller: admin.caller, registryId: digits, reason: 'Known to us.', displayName });
  await updateRegistryProfile(site.app, { caller, registryKey, displayName: 'Google' });
  await expect(verify('Moonlit Works')).rejects.toMatchObject({ code: 'conflict' });
  expect(await badge(publisher)).toBeNull();
  await verify();
  expect([await badge(publisher), await nameShown()]).toEqual(['Known to us.', '']);
  await verify('Google');
  expect(await nameShown()).toBe('Google');
});

test('ignores columns that an earlier version wrote for proven domains', async () => {
  const publisher = await createPublisher();
  const data = { verifiedAt: new Date(), verifiedBy: 'domain', verifiedNote: 'old.example' };
  await site.app.db.registry.update({ where: { id: publisher.registryKey }, data });
  expect((await getPublisherPage(site.app, publisher.alias))?.verification).toBeNull();
});

test('a proven domain does not approve a confusable name', async () => {
  const publisher = await createPublisher();
  const { caller, registryKey, alias } = publisher;
  await prove(publisher, 'throw-away.example');
  const shown = async (displayName: string) => {
    await updateRegistryProfile(site.app, { caller, registryKey, displayName });
    return (await getPublisherPage(site.app, alias))?.displayName;
  };
  expect(await shown('Zephyrware Incorporated')).toBe('Zephyrware Incorporated');
  expect(await shown('Google')).toBe('');
  expect(await shown('Zephyrware')).toBe('Zephyrware');
});
