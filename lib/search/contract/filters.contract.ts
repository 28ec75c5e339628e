import { expect, test } from 'vitest';
import type { SearchQuery } from '#lib/search/schema.ts';
import type { TestedIndex } from './tested-index.ts';

/** Tests filters, their counts, and sorting. */
export function describeFilters(subject: TestedIndex): void {
  const { find } = subject;

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
    const count = (query: string, filters: SearchQuery['filters'] = {}) =>
      subject.index.countFacets({ query, filters });
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
      const { total } = await subject.index.search({
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
    expect((await find('nginx', { sort: 'stars' })).slice(0, 2)).toEqual(['other/charts/nginx', 'acme/nginx']);
    expect((await find('nginx', { sort: 'updated' }))[0]).toBe('other/charts/nginx');
    const all = await find('', { sort: 'name' });
    expect(all).toHaveLength(6);
    const paged = [];
    for (let offset = 0; offset < 8; offset += 2) paged.push(...(await find('', { sort: 'name', offset, limit: 2 })));
    expect(paged).toEqual(all);
    const beyond = await subject.index.search({ query: '', filters: {}, sort: 'name', offset: 100, limit: 2 });
    expect(beyond).toMatchObject({ hits: [], total: 6 });
  });
}
