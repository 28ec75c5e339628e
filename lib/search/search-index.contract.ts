// The contract of every SearchIndex. The caller provides an empty index and a way to save documents of repositories 1
// to 6.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SearchDocument, SearchQuery } from './schema.ts';
import type { SearchIndex } from './search-index.ts';

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

const BASE: Omit<SearchDocument, 'repositoryId' | 'registryKey' | 'aliases' | 'name'> = {
  displayName: 'Acme Tools',
  logoId: null,
  description: '',
  operatingSystems: ['linux'],
  architectures: ['amd64'],
  platforms: ['linux/amd64'],
  categories: [],
  licences: [],
  baseSystem: null,
  sizeBytes: null,
  about: '',
  kind: 'image',
  verified: false,
  signed: false,
  pullCount: 0,
  pushedAt: daysAgo(100),
};

const SCRIPTS: Omit<SearchDocument, 'registryKey'>[] = [
  { name: 'one', description: 'Сервер базы данных «Берёза»', displayName: 'Acme' },
  { name: 'two', description: '分布式数据库服务，支持高可用. Μηχανή αναζήτησης', displayName: 'Acme' },
  { name: 'three', description: '高性能なデータベース管理ツール. خادم قاعدة بيانات', displayName: 'Acme' },
  { name: 'four', description: 'Café serveur für Müller, naïve Übung, Straße', displayName: 'Acme' },
  { name: 'five', description: '관계형데이터베이스를 관리하는 도구. डेटाबेस सर्वर', displayName: 'Żółw Łódź' },
  { name: 'six', description: 'เครื่องมือจัดการฐานข้อมูลแบบกระจาย', displayName: '東京開発' },
].map((texts, at) => ({ ...BASE, ...texts, repositoryId: BigInt(at + 1), aliases: [texts.name] }));

type Contents = Omit<SearchDocument, 'registryKey'>;

const DOCUMENTS: Contents[] = [
  { ...BASE, repositoryId: 1n, aliases: ['acme', 'a1b2c3d4'], name: 'nginx', description: 'Web server', pullCount: 5 },
  {
    ...BASE,
    repositoryId: 2n,
    aliases: ['other'],
    name: 'nginx-exporter',
    description: 'Metrics of nginx',
    pullCount: 90_000,
    displayName: 'Other',
  },
  {
    ...BASE,
    repositoryId: 3n,
    aliases: ['other'],
    name: 'db/postgres',
    verified: true,
    description: 'Relational database with nightly backups',
    displayName: 'Other',
    architectures: ['arm64'],
    platforms: ['linux/arm64'],
    categories: ['databases'],
    licences: ['MIT', 'PostgreSQL'],
    baseSystem: 'debian',
    sizeBytes: 120_000_000,
  },
  {
    ...BASE,
    repositoryId: 4n,
    aliases: ['other'],
    name: 'charts/nginx',
    kind: 'chart',
    displayName: 'Other',
    pushedAt: daysAgo(5),
  },
  {
    ...BASE,
    repositoryId: 5n,
    aliases: ['acme', 'a1b2c3d4'],
    name: 'kube-state-metrics',
    description: 'Cluster metrics',
    signed: true,
  },
  {
    ...BASE,
    repositoryId: 6n,
    aliases: ['zebra'],
    name: 'windows-tool',
    operatingSystems: ['windows'],
    platforms: ['windows/amd64'],
    displayName: 'Zebra 100%_done',
  },
];

const ABOUTS: Contents[] = [
  { name: 'tickets', about: 'Project management with issue tracking and a Kanban view', categories: ['databases'] },
  { name: 'boards', description: 'Kanban work boards for teams' },
  { name: 'kanban', description: 'Cards' },
  { name: 'ledger', description: 'Accounting in a suite of business apps' },
  { name: 'hello', about: 'Says hello' },
  { name: 'bye', about: 'Says goodbye' },
].map((texts, at) => ({ ...BASE, ...texts, repositoryId: BigInt(at + 1), aliases: ['acme'] }));

export type OpenedIndex = {
  index: SearchIndex;
  registryKey: bigint;
  /** The next search reflects saves and removals. */
  save: (documents: SearchDocument[]) => Promise<void>;
  remove: (repositoryIds: bigint[]) => Promise<void>;
};

/** `skipReason` explains why the index can't be tested here. */
export function describeSearchIndex(
  name: string,
  open: () => Promise<OpenedIndex>,
  skipReason: string | null = null,
): void {
  const title = skipReason === null ? name : `${name} (skipped: ${skipReason})`;
  describe.skipIf(skipReason !== null)(title, () => {
    let opened: OpenedIndex;
    let index: SearchIndex;
    const save = (documents: Contents[]) =>
      opened.save(documents.map((document) => ({ ...document, registryKey: opened.registryKey })));
    const find = async (query: string, rest: Partial<SearchQuery> = {}) => {
      const { hits } = await index.search({ query, filters: {}, sort: 'relevance', offset: 0, limit: 25, ...rest });
      return hits.map((hit) => `${hit.alias}/${hit.name}`);
    };

    beforeAll(async () => {
      opened = await open();
      index = opened.index;
      await save(DOCUMENTS);
    });

    test('finds by alias, image name, description and publisher', async () => {
      expect(await find('zebra')).toEqual(['zebra/windows-tool']);
      expect(await find('windows-tool')).toContain('zebra/windows-tool');
      expect(await find('relational database')).toEqual(['other/db/postgres']);
      expect(await find('backup')).toEqual(['other/db/postgres']);
      expect(await find('acme tools')).toEqual(expect.arrayContaining(['acme/nginx', 'acme/kube-state-metrics']));
    });

    test('ranks an exact name first, whatever the popularity of others', async () => {
      expect((await find('nginx'))[0]).toBe('acme/nginx');
      expect((await find('acme/nginx'))[0]).toBe('acme/nginx');
      expect((await find('a1b2c3d4/nginx'))[0]).toBe('acme/nginx');
      expect((await find('postgres'))[0]).toBe('other/db/postgres');
    });

    test('tolerates a typo and any separator', async () => {
      expect(await find('ngnix')).toContain('acme/nginx');
      expect(await find('postgers')).toContain('other/db/postgres');
      for (const query of ['kube state metrics', 'kube_state_metrics', 'kubestatemetrics']) {
        expect((await find(query))[0], query).toBe('acme/kube-state-metrics');
      }
    });

    test('finds synonyms, ranked below the word itself', async () => {
      expect((await find('postgresql'))[0]).toBe('other/db/postgres');
      expect((await find('k8s state metrics'))[0]).toBe('acme/kube-state-metrics');
    });

    test('suggests a correction, and reports partial matches', async () => {
      const ask = (query: string) => index.search({ query, filters: {}, sort: 'relevance', offset: 0, limit: 25 });
      expect(await ask('ngnix exporter')).toMatchObject({ correction: 'nginx exporter', isPartial: false });
      expect(await ask('nginx')).toMatchObject({ correction: null, isPartial: false });
      const partial = await ask('nginx unfindable');
      expect(partial.isPartial).toBe(true);
      expect(partial.hits[0]).toMatchObject({ alias: 'acme', name: 'nginx' });
      expect(await ask('xyzzy plugh')).toMatchObject({ hits: [], total: 0, correction: null, isPartial: false });
      expect(await ask('xyzzy')).toMatchObject({ hits: [], isPartial: false });
      expect((await ask('python312')).correction).toBeNull();
    });

    describe('in about texts and categories', () => {
      beforeAll(() => save(ABOUTS));
      afterAll(() => save(DOCUMENTS));

      test('finds words there, ranked below names and descriptions', async () => {
        expect(await find('kanban')).toEqual(['acme/kanban', 'acme/boards', 'acme/tickets']);
        expect(await find('databases')).toContain('acme/tickets');
      });

      test('finds what is meant by a phrase or its abbreviation', async () => {
        for (const query of ['issue tracker', 'bug tracking', 'jira alternative'])
          expect(await find(query), query).toContain('acme/tickets');
        expect(await find('erp')).toEqual(['acme/ledger']);
        expect(await find('quickbooks')).toEqual(['acme/ledger']);
      });

      test('corrects typos in descriptions', async () => {
        const { hits, correction } = await index.search({
          query: 'accuonting bussiness',
          filters: {},
          sort: 'relevance',
          offset: 0,
          limit: 5,
        });
        expect(hits[0]?.name).toBe('ledger');
        expect(correction).toBe('accounting business');
      });

      test('finds compounds written as one word', async () => {
        expect(await find('workboards')).toContain('acme/boards');
      });

      test('may miss a word that few share, but not the rare one', async () => {
        const found = await find('accounting suite for penguins');
        expect(found[0]).toBe('acme/ledger');
        expect(found).not.toContain('acme/kanban');
      });
    });

    test('suggests repositories and publishers for a prefix', async () => {
      const suggest = async (query: string) => {
        const { repositories, publishers } = await index.suggest({ query, limit: 5 });
        return {
          repositories: repositories.map((hit) => `${hit.alias}/${hit.name}`),
          publishers: publishers.map(({ alias }) => alias),
        };
      };
      expect((await suggest('n')).repositories).toContain('acme/nginx');
      expect((await suggest('ze')).repositories).toEqual(['zebra/windows-tool']);
      expect((await suggest('ngi')).repositories).toHaveLength(3);
      expect((await suggest('acme/ng')).repositories[0]).toBe('acme/nginx');
      expect((await suggest('kube-st')).repositories).toEqual(['acme/kube-state-metrics']);
      expect((await suggest('ac')).publishers).toEqual(['acme']);
      expect((await suggest('zebra 1')).publishers).toEqual(['zebra']);
      expect((await suggest('a1b2c3d4')).publishers).toEqual(['acme']);
      expect(await suggest('')).toEqual({ repositories: [], publishers: [] });
      const { publishers } = await index.suggest({ query: 'acme', limit: 5 });
      expect(publishers[0]).toMatchObject({ displayName: 'Acme Tools', repositoryCount: 2, verified: false });
    });

    describe('in any script', () => {
      beforeAll(() => save(SCRIPTS));
      afterAll(() => save(DOCUMENTS));

      test.each([
        ['数据库', 2],
        ['分布式', 2],
        ['データベース', 3],
        ['管理', 3],
        ['能', 3],
        ['cafe', 4],
        ['CAFÉ', 4],
        ['muller', 4],
        ['Müller', 4],
        ['naive ubung', 4],
        ['cafe\u0301', 4],
        ['데이터베이스', 5],
        ['관리', 5],
        ['ฐานข้อมูล', 6],
        ['базы', 1],
        ['берёза', 1],
        ['береза', 1],
        ['αναζητηση', 2],
        ['ΑΝΑΖΉΤΗΣΗΣ', 2],
        ['قاعده', 3],
        ['डेटाबेस', 5],
        ['東京開発', 6],
        ['開発', 6],
        ['lodz', 5],
        ['strasse', 4],
      ])('finds %s, with and without accents', async (query, repositoryId) => {
        const wanted = SCRIPTS.find((document) => document.repositoryId === BigInt(repositoryId));
        const fullName = `${wanted?.aliases[0]}/${wanted?.name}`;
        expect(await find(query)).toEqual([fullName]);
        const { repositories } = await index.suggest({ query, limit: 5 });
        expect(repositories.map((hit) => `${hit.alias}/${hit.name}`)).toContain(fullName);
        expect((await index.countFacets({ query, filters: {} })).kind).toEqual([{ value: 'image', count: 1 }]);
      });

      test('suggests publishers', async () => {
        const suggest = async (query: string) =>
          (await index.suggest({ query, limit: 5 })).publishers.map(({ alias }) => alias);
        expect(await suggest('東京')).toEqual(['six']);
        expect(await suggest('zolw')).toEqual(['five']);
        expect(await suggest('Żó')).toEqual(['five']);
      });

      test('finds nothing for absent words', async () => {
        for (const query of ['库据数', 'スベー', '数库', '犬', 'ฐานะ', '高可用数据库群'])
          expect(await find(query), query).toEqual([]);
      });
    });

    test('understands a pasted reference', async () => {
      for (const query of [
        'docker pull localhost:3000/acme/nginx:1.27',
        'registry.example.org/acme/nginx',
        'acme/nginx@sha256:00',
      ]) {
        expect((await find(query))[0], query).toBe('acme/nginx');
      }
    });

    test('filters', async () => {
      expect(await find('nginx', { filters: { kind: 'chart' } })).toEqual(['other/charts/nginx']);
      expect(await find('', { filters: { os: 'windows' } })).toEqual(['zebra/windows-tool']);
      expect(await find('', { filters: { architecture: 'arm64' } })).toEqual(['other/db/postgres']);
      expect(await find('nginx', { filters: { alias: 'acme' } })).toEqual(['acme/nginx']);
      expect(await find('', { filters: { platform: 'windows/amd64' } })).toEqual(['zebra/windows-tool']);
      expect(await find('', { filters: { category: 'databases' } })).toEqual(['other/db/postgres']);
      expect(await find('', { filters: { category: 'games' } })).toEqual([]);
      expect(await find('', { filters: { licence: 'PostgreSQL' } })).toEqual(['other/db/postgres']);
      expect(await find('', { filters: { base: 'debian' } })).toEqual(['other/db/postgres']);
      expect(await find('', { filters: { maxSize: '250mb' } })).toEqual(['other/db/postgres']);
      expect(await find('', { filters: { maxSize: '50mb' } })).toEqual([]);
      expect(await find('', { filters: { isVerified: true } })).toEqual(['other/db/postgres']);
      expect(await find('', { filters: { isSigned: true } })).toEqual(['acme/kube-state-metrics']);
      expect(await find('', { filters: { pushedWithin: 'week' } })).toEqual(['other/charts/nginx']);
      expect(await find('nginx', { filters: { pushedWithin: 'day' } })).toEqual([]);
    });

    test("counts each choice, ignoring the facet's own filter", async () => {
      const count = (query: string, filters: SearchQuery['filters'] = {}) => index.countFacets({ query, filters });
      const all = await count('');
      expect(all).toEqual({
        category: [{ value: 'databases', count: 1 }],
        platform: [
          { value: 'linux/amd64', count: 4 },
          { value: 'linux/arm64', count: 1 },
          { value: 'windows/amd64', count: 1 },
        ],
        licence: [
          { value: 'MIT', count: 1 },
          { value: 'PostgreSQL', count: 1 },
        ],
        base: [{ value: 'debian', count: 1 }],
        size: [
          { value: '1gb', count: 1 },
          { value: '250mb', count: 1 },
        ],
        kind: [
          { value: 'image', count: 5 },
          { value: 'chart', count: 1 },
        ],
        verified: [{ value: '1', count: 1 }],
        signed: [{ value: '1', count: 1 }],
        pushed: [
          { value: 'year', count: 6 },
          { value: 'month', count: 1 },
          { value: 'week', count: 1 },
        ],
      });
      const windows = await count('', { platform: 'windows/amd64' });
      expect(windows.platform).toEqual(all.platform);
      expect(windows).toMatchObject({ kind: [{ value: 'image', count: 1 }], verified: [] });
      const two = await count('', { os: 'linux', kind: 'image' });
      expect(two.kind).toEqual([
        { value: 'image', count: 4 },
        { value: 'chart', count: 1 },
      ]);
      expect((await count('', { alias: 'acme' })).kind).toEqual([{ value: 'image', count: 2 }]);
      expect(await count('', { isVerified: true, kind: 'chart' })).toEqual({
        category: [],
        platform: [],
        licence: [],
        base: [],
        size: [],
        kind: [{ value: 'image', count: 1 }],
        verified: [],
        signed: [],
        pushed: [],
      });
      // Each count equals the hits of a search with that choice.
      for (const { value, count: found } of (await count('nginx')).kind) {
        const { total } = await index.search({
          query: 'nginx',
          sort: 'relevance',
          offset: 0,
          limit: 1,
          filters: { kind: value as 'image' },
        });
        expect(total, value).toBe(found);
      }
    });

    test('sorts, and pages without repeating or skipping a row', async () => {
      expect((await find('nginx', { sort: 'pulls' }))[0]).toBe('other/nginx-exporter');
      expect((await find('nginx', { sort: 'updated' }))[0]).toBe('other/charts/nginx');
      const all = await find('', { sort: 'name' });
      expect(all).toHaveLength(6);
      const paged = [];
      for (let offset = 0; offset < 8; offset += 2) paged.push(...(await find('', { sort: 'name', offset, limit: 2 })));
      expect(paged).toEqual(all);
      const beyond = await index.search({ query: '', filters: {}, sort: 'name', offset: 100, limit: 2 });
      expect(beyond).toMatchObject({ hits: [], total: 6 });
    });

    test.each([
      '%',
      '_',
      "'; DROP TABLE users; --",
      '\\',
      '\0',
      '(((',
      '"',
      '!&|',
      'a'.repeat(300),
      '💥',
      ':*',
      '@sha256:',
    ])('treats any input as plain text: %s', async (query) => {
      expect(Array.isArray(await find(query))).toBe(true);
      expect(Array.isArray((await index.suggest({ query, limit: 5 })).repositories)).toBe(true);
      expect(
        Array.isArray((await index.countFacets({ query, filters: { licence: query.replaceAll('\0', '') } })).licence),
      ).toBe(true);
    });

    test('replaces updated documents and drops removed ones', async () => {
      const [first] = DOCUMENTS;
      if (!first) throw new Error('no document');
      await save([{ ...first, description: 'Something else entirely' }]);
      expect(await find('web server')).toEqual([]);
      await opened.remove([6n]);
      expect(await find('zebra')).toEqual([]);
    });
  });
}
