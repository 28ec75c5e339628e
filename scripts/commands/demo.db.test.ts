import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectGarbage } from '#lib/distribution/garbage/collect-garbage.ts';
import { readBlob } from '#lib/blobs/read-blob.ts';
import { openBytes, siteBlob } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { getPublisherPage } from '#lib/gallery/gallery-queries.ts';
import { loadPublisherActivity } from '#lib/gallery/publisher/load-publisher-activity.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { setRegistryLogo } from '#lib/publishers/logos/set-registry-logo.ts';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { countRows } from '#lib/testing/count-rows.sql.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { readStoredState } from '#lib/testing/stored-state.ts';
import { addDemo } from '../../prisma/seed/add-demo.ts';
import { DEMO_PUBLISHERS, PUBLIC_DEMO_REPOSITORIES } from '../../prisma/seed/demo-content.ts';
import { drawLogo } from '../../prisma/seed/write/add-demo-publisher.ts';
import { demoPublicKey } from '../../prisma/seed/images/sign-image.ts';
import { LOGOS } from '../../prisma/seed/logos.ts';
import { removeDemo } from '../../prisma/seed/remove-demo.ts';

/** Tables whose rows say what happened, or wait for a job. */
const JOURNALS = [
  'home_lists',
  'lineage_queue',
  'audit_pulls',
  'traffic',
  'audit_events',
  'outbound_events',
  'blob_reviews',
  'link_reviews',
  'search_removals',
  'search_state',
  '_prisma_migrations',
];

let site: TestApp;
let before: Record<string, number>;
let storedBefore: Record<string, number>;
beforeAll(async () => {
  site = await createTestApp();
  await addOwnContent();
  before = await countRows(site.app.pool, { without: JOURNALS });
  storedBefore = await readStoredState(site.app);
  await addDemo(site.app);
}, 120_000);
afterAll(() => site.close());

/** An operator's own image, and a logo that looks like one of the demo's. */
async function addOwnContent(): Promise<void> {
  const admin = await site.createUser({ role: 'admin' });
  const registryKey = await ensureRegistry(site.app, { caller: admin.caller });
  await setRegistryLogo(site.app, { caller: admin.caller, registryKey, image: await drawLogo(LOGOS.tidepool) });
  await createRepository(site.app, { caller: admin.caller, alias: admin.alias, name: 'own' });
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'own', content: 'own' }]],
  });
  await createDistributionClient(site.url, admin.token).push(`${admin.alias}/own`, image, ['latest']);
}

const repositoryOf = (alias: string, name: string) =>
  site.app.db.repository.findFirstOrThrow({ where: { name, registry: { primaryAlias: { name: alias } } } });

describe('the demo gallery', () => {
  test('gives every publisher a bio and pins that visitors see', async () => {
    for (const { alias, profile } of DEMO_PUBLISHERS) {
      const publisher = await getPublisherPage(site.app, alias);
      expect(publisher?.profile).toMatchObject({ bio: profile.bio, website: profile.website ?? '' });
      const { pins } = await loadPublisherActivity(site.app, { registryKey: publisher?.id ?? 0n });
      expect(pins.map(({ name }) => name)).toEqual(profile.pins ?? []);
      // https://www.rfc-editor.org/rfc/rfc6761#section-6.5
      const hosts = [profile.website, profile.sourceUrl].flatMap((link) => (link ? [new URL(link).hostname] : []));
      expect(hosts.filter((host) => !host.endsWith('.example'))).toEqual([]);
    }
  });

  test('lists every public repository in search, with pulls, categories and dates of two years', async () => {
    expect(PUBLIC_DEMO_REPOSITORIES.length).toBeGreaterThanOrEqual(25);
    expect(DEMO_PUBLISHERS).toHaveLength(8);
    const documents = await site.app.db.searchRepository.findMany({
      where: { repository: { registry: { isDemo: true } } },
    });
    expect(documents).toHaveLength(PUBLIC_DEMO_REPOSITORIES.length);
    expect(documents.every(({ pullCount }) => pullCount > 0n)).toBe(true);
    const stars = documents.map(({ starCount }) => starCount);
    expect(Math.max(...stars)).toBeLessThan(DEMO_PUBLISHERS.length);
    expect(new Set(stars).size).toBeGreaterThan(3);
    const { _min: oldest, _max: newest } = await site.app.db.manifest.aggregate({
      where: { repository: { registry: { isDemo: true } } },
      _min: { pushedAt: true },
      _max: { pushedAt: true },
    });
    const days = ((newest.pushedAt?.getTime() ?? 0) - (oldest.pushedAt?.getTime() ?? 0)) / 86_400_000;
    expect(days).toBeGreaterThan(700);
    expect(newest.pushedAt?.getTime()).toBeLessThan(Date.now());
    const sums = await site.app.db.pullCount.groupBy({ by: ['repositoryId'], _sum: { count: true } });
    expect(sums.length).toBeGreaterThan(30);
    for (const { repositoryId, _sum } of sums) {
      const { pullCount } = await site.app.db.repository.findUniqueOrThrow({ where: { id: repositoryId } });
      expect(pullCount).toBeGreaterThanOrEqual(_sum.count ?? 0n);
    }
  });

  test('dates the last pull of every image and repository that has pulls', async () => {
    const now = Date.now();
    const ofDemo = { registry: { isDemo: true }, pullCounts: { some: {} } };
    const repositories = await site.app.db.repository.findMany({
      where: ofDemo,
      include: { manifests: { where: { attachedAs: null }, include: { tags: true } } },
    });
    expect(repositories.length).toBeGreaterThan(30);
    for (const { name, lastPulledAt, manifests } of repositories) {
      expect(lastPulledAt?.getTime(), name).toBeLessThanOrEqual(now);
      for (const manifest of manifests) {
        expect(manifest.lastPulledAt?.getTime(), `${name}@${manifest.digest}`).toBeLessThanOrEqual(now);
        expect(manifest.lastPulledAt?.getTime()).toBeGreaterThanOrEqual(manifest.pushedAt.getTime());
      }
    }
    const latest = repositories.flatMap(({ manifests }) =>
      manifests.filter(({ tags }) => tags.some((tag) => tag.name === 'latest')),
    );
    const days = latest.map((manifest) => (now - (manifest.lastPulledAt?.getTime() ?? 0)) / 86_400_000);
    expect(Math.max(...days)).toBeLessThan(2);
  });

  test('serves complete images, whose first layers are those of their base', async () => {
    const pull = async (path: string) => {
      const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
      const response = await fetch(`${site.url}/v2/${path}`, { headers: { accept } });
      expect(response.status, path).toBe(200);
      return response;
    };
    const layersOf = async (name: string, tag: string) => {
      const index = (await (await pull(`${name}/manifests/${tag}`)).json()) as { manifests: { digest: string }[] };
      const first = index.manifests[0]?.digest ?? '';
      const manifest = (await (await pull(`${name}/manifests/${first}`)).json()) as { layers: { digest: string }[] };
      return manifest.layers.map(({ digest }) => digest);
    };
    const base = await layersOf('fernwood/base', '2026.11');
    const web = await layersOf('lanternworks/web', '2.4.0');
    expect(web.slice(0, base.length)).toEqual(base);
    for (const digest of web) {
      const bytes = Buffer.from(await (await pull(`lanternworks/web/blobs/${digest}`)).arrayBuffer());
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
    }
  });

  test('has a signature that its public key verifies', async () => {
    const { id } = await repositoryOf('stonebridge', 'policy-agent');
    const tag = await site.app.db.tag.findFirstOrThrow({
      where: { repositoryId: id, name: { endsWith: '.sig' } },
      include: { manifest: true },
    });
    const { layers } = JSON.parse(Buffer.from(tag.manifest.payload).toString()) as {
      layers: { digest: Digest; annotations: Record<string, string> }[];
    };
    const [layer] = layers;
    const blob = layer && (await openBytes(site.app.blobs, siteBlob(layer.digest)));
    const payload = blob && (await readBlob(blob, 10_000));
    const signature = Buffer.from(layer?.annotations['dev.cosignproject.cosign/signature'] ?? '', 'base64');
    expect(verify(null, payload ?? Buffer.alloc(0), createPublicKey(demoPublicKey()), signature)).toBe(true);
    const signed = JSON.parse(String(payload)) as { critical: { image: Record<string, string> } };
    expect(tag.name).toBe(`${signed.critical.image['docker-manifest-digest']?.replace(':', '-')}.sig`);
  });

  test('gives reviewers two requests, and admins a quarantine, reports and a private repository', async () => {
    const { db } = site.app;
    expect(await db.aliasRequest.count({ where: { status: 'submitted' } })).toBe(2);
    expect((await repositoryOf('brasslab', 'nightly')).quarantineReason).toMatch(/^Demo:/);
    expect(await db.report.count({ where: { status: 'open' } })).toBe(2);
    expect((await repositoryOf('quillbase', 'wiki')).deprecationSuccessor).toBe('quillbase/editor');
    const { visibility, registryKey } = await repositoryOf('lanternworks', 'staging');
    expect(visibility).toBe('private');
    const reader = await db.member.findFirstOrThrow({
      where: { registryKey, role: 'reader' },
      include: { user: true },
    });
    expect(reader.user.role).toBe('admin');
  });

  test('is not added twice', async () => {
    const rows = await countRows(site.app.pool, { without: JOURNALS });
    await addDemo(site.app);
    expect(await countRows(site.app.pool, { without: JOURNALS })).toEqual(rows);
  });

  test('leaves nothing behind when it is removed, and takes nothing else along', async () => {
    expect(await removeDemo(site.app)).toBe(DEMO_PUBLISHERS.length);
    const immediately = { ...site.app, config: { ...site.app.config, gcGraceSeconds: 0 } };
    await collectGarbage(immediately, { isThorough: false });
    await collectGarbage(immediately, { isThorough: false });
    expect(await countRows(site.app.pool, { without: JOURNALS })).toEqual(before);
    const { auditEvents, ...stored } = await readStoredState(site.app);
    const { auditEvents: earlier = 0, ...expected } = storedBefore;
    expect(stored).toEqual(expected);
    expect(auditEvents).toBe(earlier + 1);
    expect(await removeDemo(site.app)).toBe(0);
  });
});
