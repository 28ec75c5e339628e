import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { startMeilisearch, whyNoMeilisearch, type TestMeilisearch } from '#lib/testing/servers/start-meilisearch.ts';
import { removeSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { feedMeilisearch, rebuildMeilisearch } from './meilisearch-feed.ts';
import { createMeilisearchIndex } from './meilisearch-index.ts';
import type { MeilisearchServer } from './meilisearch-server.ts';
import { makeCorpus } from '#lib/search/relevance/corpus.ts';
import { loadCorpus } from '#lib/search/relevance/load-corpus.ts';

const skipReason = whyNoMeilisearch();
const CORPUS = makeCorpus(5_000).slice(0, 300);
const ALL = { query: '', filters: {}, sort: 'name', offset: 0, limit: 5 } as const;

/**
 * Feeds until nothing is left. Open transactions in any database of the server, including other tests', hold changes
 * back.
 */
async function feedEverything(
  app: Parameters<typeof feedMeilisearch>[0],
  onProgress?: (done: number, total: number) => void,
) {
  await vi.waitFor(async () => expect(await feedMeilisearch(app, onProgress)).toEqual({ isBehind: false }), {
    timeout: 20_000,
  });
}

describe.skipIf(skipReason !== null)(`Meilisearch feed${skipReason ? ` (skipped: ${skipReason})` : ''}`, () => {
  let meilisearch: TestMeilisearch;
  beforeAll(async () => {
    meilisearch = await startMeilisearch();
  });
  afterAll(() => meilisearch.close());

  describe('index', () => {
    let site: TestApp;
    let server: MeilisearchServer;
    const app = () => ({ db: site.app.db, pool: site.app.pool, server });
    const count = async () => {
      const { numberOfDocuments } = await server.reader.index(server.uids.live).getStats();
      return numberOfDocuments;
    };
    beforeAll(async () => {
      site = await createTestApp();
      server = meilisearch.open();
      await loadCorpus(site.app, CORPUS);
    });
    afterAll(() => site.close());

    test('an empty server is filled with progress reports, and then receives only changes', async () => {
      const progress: [number, number][] = [];
      await feedEverything(app(), (done, total) => progress.push([done, total]));
      expect(progress.at(-1)).toEqual([CORPUS.length, CORPUS.length]);
      expect(await count()).toBe(CORPUS.length);
      await removeSearchDocuments(site.app, [1n, 2n]);
      const again = vi.fn();
      await feedEverything(app(), again);
      expect(again).not.toHaveBeenCalled();
      expect(await count()).toBe(CORPUS.length - 2);
    });

    test('a repository deleted from the database is hidden, even if the server still has it', async () => {
      const index = createMeilisearchIndex(app());
      const [first] = (await index.search(ALL)).hits;
      if (!first) throw new Error('no hits');
      await site.app.db.searchRepository.deleteMany({ where: { name: first.name, aliases: { has: first.alias } } });
      const names = (await index.search(ALL)).hits.map((hit) => `${hit.alias}/${hit.name}`);
      expect(names).not.toContain(`${first.alias}/${first.name}`);
    });

    test('a rebuild swaps in a complete index without interrupting searches', async () => {
      const index = createMeilisearchIndex(app());
      const total = (await index.search(ALL)).total;
      let isDone = false;
      const rebuilt = rebuildMeilisearch(app(), () => undefined).finally(() => (isDone = true));
      while (!isDone) expect(Math.abs((await index.search(ALL)).total - total)).toBeLessThanOrEqual(1);
      await rebuilt;
      await feedEverything(app());
      expect(await count()).toBe(await site.app.db.searchRepository.count());
    });

    test('a second feeder returns at once and reports that more changes are pending', async () => {
      const rebuilt = rebuildMeilisearch(app(), () => undefined);
      await vi.waitFor(async () => expect(await feedMeilisearch(app())).toEqual({ isBehind: true }), { interval: 5 });
      await rebuilt;
      await feedEverything(app());
    });

    test('a feed ends even if changes arrive as fast as it sends them', async () => {
      const feed = () => feedMeilisearch(app(), () => undefined, { maxSeconds: 0 });
      const { repositoryId } = await site.app.db.searchRepository.findFirstOrThrow();
      await removeSearchDocuments(site.app, [repositoryId]);
      // It has sent the change, and returns without looking for others.
      expect(await feed()).toEqual({ isBehind: true });
      await feedEverything(app());
      expect(await feed()).toEqual({ isBehind: false });
      expect(await count()).toBe(await site.app.db.searchRepository.count());
    });

    test('a server that lost its data is filled again', async () => {
      await server.writer.deleteIndex(server.uids.live).waitTask();
      await expect(createMeilisearchIndex(app()).search(ALL)).rejects.toThrow(/not found/);
      await feedEverything(app());
      expect(await count()).toBe(await site.app.db.searchRepository.count());
    });

    test('a server that followed another database is refilled', async () => {
      const other = await createTestApp();
      try {
        await feedEverything({ db: other.app.db, pool: other.app.pool, server });
        expect(await count()).toBe(0);
        await feedEverything(app());
        expect(await count()).toBe(await site.app.db.searchRepository.count());
      } finally {
        await other.close();
      }
    });

    test('a change in an open transaction is sent after its commit, and no other change is lost', async () => {
      const [slow, quick] = await site.app.db.searchRepository.findMany({ orderBy: { repositoryId: 'asc' }, take: 2 });
      if (!slow || !quick) throw new Error('too few documents');
      const removed = Promise.withResolvers<undefined>();
      const committed = Promise.withResolvers<undefined>();
      const open = site.app.db.$transaction(async (tx) => {
        await removeSearchDocuments({ db: tx }, [slow.repositoryId]);
        removed.resolve(undefined);
        await committed.promise;
      });
      await removed.promise;
      const before = await count();
      await removeSearchDocuments(site.app, [quick.repositoryId]);
      expect(await feedMeilisearch(app())).toEqual({ isBehind: true });
      committed.resolve(undefined);
      await open;
      await feedEverything(app());
      expect(await count()).toBe(before - 2);
    });
  });

  describe('site', () => {
    let site: TestApp;
    beforeAll(async () => {
      site = await createTestApp({
        MEILI_URL: meilisearch.url,
        ...(meilisearch.key && { MEILI_KEY: meilisearch.key }),
      });
      await site.startWorker();
    });
    afterAll(() => site.close());
    const find = async (query: string) => site.app.search.search({ ...ALL, query, sort: 'relevance' });

    test('a pushed repository is found through Meilisearch within seconds', async () => {
      const user = await site.createUser();
      const image = await buildImage({
        platform: { os: 'linux', architecture: 'amd64' },
        created: '2026-01-01T00:00:00Z',
        layers: [[{ path: 'a', content: 'x' }]],
      });
      await createDistributionClient(site.url, user.token).push(`${user.alias}/followed`, image, ['v1']);
      await vi.waitFor(
        async () => {
          const found = await find('followd');
          expect(found).toMatchObject({ isFallback: false, total: 1, hits: [{ name: 'followed' }] });
        },
        { timeout: 10_000, interval: 200 },
      );
    });

    test('the database answers while Meilisearch is down, which the result reports', async (context) => {
      if (!meilisearch.stop) return context.skip('the server at MEILI_URL must not be stopped');
      await meilisearch.stop();
      expect(await find('followed')).toMatchObject({ isFallback: true, total: 1 });
      expect((await site.app.search.suggest({ query: 'foll', limit: 5 })).repositories).toHaveLength(1);
      expect((await site.app.search.countFacets({ query: '', filters: {} })).kind).toHaveLength(1);
      await meilisearch.start();
      await vi.waitFor(async () => expect((await find('followed')).isFallback).toBe(false), { timeout: 15_000 });
    });
  });
});
