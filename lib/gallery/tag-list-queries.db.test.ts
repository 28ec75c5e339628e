import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addManyTags } from '#lib/testing/images/add-many-tags.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { listTagRows } from './tag-list-queries.ts';
import { TAG_SORTS, type TagQuery } from './tag-query.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

/** Sorts tags with the database, ascending. */
async function sortVersions(tags: string[]): Promise<string[]> {
  const { rows } = await site.app.pool.query<{ tag: string }>(
    'SELECT tag FROM unnest($1::text[]) AS tag ORDER BY tag_version_key(tag) COLLATE "C", tag COLLATE "C"',
    [tags],
  );
  return rows.map(({ tag }) => tag);
}

const STAGES = ['alpha', 'beta', 'rc'];
type Version = { numbers: [number, number, number]; stage: [stage: number, number: number] | null; prefix: string };

function writeVersion({ numbers, stage, prefix }: Version): string {
  return `${prefix}${numbers.join('.')}${stage ? `-${STAGES[stage[0]]}.${stage[1]}` : ''}`;
}

function compareVersions(a: Version, b: Version): number {
  const parts = ({ numbers, stage }: Version) => [...numbers, ...(stage ?? [STAGES.length, 0])];
  const [left, right] = [parts(a), parts(b)];
  const i = left.findIndex((part, j) => part !== right[j]);
  if (i >= 0) return (left[i] ?? 0) - (right[i] ?? 0);
  return a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0;
}

describe('version order', () => {
  test.each([
    ['numeric components', ['1.2', '1.9', '1.10', '1.10.1', '1.11', '2', '10']],
    ['prereleases before, variants after', ['1.9', '1.10-rc1', '1.10', '1.10-alpine', '1.10.1']],
    ['release stages', ['2.0-dev', '2.0-alpha1', '2.0-beta2', '2.0-beta10', '2.0-M3', '2.0-rc1', '2.0']],
    ["Python's short stages", ['3.14.0a1', '3.14.0a2', '3.14.0b1', '3.14.0rc2', '3.14.0']],
    ['candidates of a variant', ['1.10.0-rc1-alpine', '1.10.0-rc2', '1.10.0', '1.10.0-alpine']],
    ["separators before a candidate's number", ['1.0-rc.1', '1.0-rc-2', '1.0-rc3', '1.0-rc.10']],
    ['a v prefix', ['1.9', 'v1.9.1', '1.10', 'v1.10.1', 'V1.11']],
    ['builds of a version, and the next version', ['1.10', '1.10-1', '1.10-2', '1.10.1']],
    ['names before versions, by their own numbers', ['alpine', 'alpine3.9', 'alpine3.10', 'latest', 'rc1', '1']],
    ['case-insensitive names', ['alpha', 'Beta', 'gamma', '1.0-RC1', '1.0', '1.0-Final']],
    ['dates and commits', ['sha-4f3a9b', '2024-01-31', '2024-02-01', '20240101', '20240102']],
    ['leading zeros', ['1.08', '1.9', '1.010', '1.11']],
    ['only zeros and separators', ['_', '__', '0', '00', '0.0', '0.1']],
    ['the longest possible number', ['9', '9'.repeat(127), '1'.padEnd(128, '0')]],
  ])('%s', async (_, tags) => {
    expect(await sortVersions(tags.toReversed())).toEqual(tags);
  });

  test('agrees with semantic versioning', async () => {
    const number = fc.nat({ max: 2_000 });
    const stage = fc.option(fc.tuple(fc.nat({ max: STAGES.length - 1 }), number), { nil: null });
    const version = fc.record({ numbers: fc.tuple(number, number, number), stage, prefix: fc.constantFrom('', 'v') });
    await fc.assert(
      fc.asyncProperty(fc.array(version, { maxLength: 100 }), async (versions) => {
        const expected = versions.toSorted(compareVersions).map(writeVersion);
        expect(await sortVersions(versions.map(writeVersion))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test('orders any valid tag', async () => {
    const tags = fc.sample(fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/), 1_000);
    const { rows } = await site.app.pool.query<{ key: string | null }>(
      'SELECT tag_version_key(tag) AS key FROM unnest($1::text[]) AS tag',
      [tags],
    );
    for (const { key } of rows) {
      expect(key).toMatch(/^[0-9a-z]*1$/);
      expect(key?.length).toBeLessThan(600);
    }
  });
});

describe('10,000 tags of one repository', () => {
  const VERSIONS = 2_500;
  let repositoryId: bigint;
  beforeAll(async () => {
    const { alias } = await site.createUser();
    const registry = await site.app.db.registry.findFirstOrThrow({ where: { aliases: { some: { name: alias } } } });
    ({ id: repositoryId } = await site.app.db.repository.create({ data: { registryKey: registry.id, name: 'many' } }));
    await addManyTags(site.app.pool, { repositoryId, versions: VERSIONS });
  });

  async function names(query: Partial<TagQuery>) {
    const { tags, total } = await listTagRows(site.app, {
      repositoryId,
      query: '',
      sort: 'name',
      direction: 'desc',
      offset: 0,
      limit: 4,
      ...query,
    });
    return { names: tags.map(({ tag }) => tag), total };
  }

  test('are sorted by version, newest first', async () => {
    const newest = ['1.249.9-slim', '1.249.9-alpine', '1.249.9', '1.249.9-rc1'];
    expect(await names({})).toEqual({ names: newest, total: 10_000 });
    expect(await names({ sort: 'pushed' })).toEqual({ names: newest, total: 10_000 });
    expect(await names({ sort: 'size' })).toEqual({ names: newest, total: 10_000 });
    expect((await names({ query: '.0.', limit: 2 })).names).toEqual(['1.0.9-slim', '1.0.9-alpine']);
    expect((await names({ direction: 'asc' })).names).toEqual(['1.0.0-rc1', '1.0.0', '1.0.0-alpine', '1.0.0-slim']);
  });

  test('have their pulls of the last 30 days', async () => {
    const day = (ago: number) => new Date(Math.floor(Date.now() / 86_400_000 - ago) * 86_400_000);
    await site.app.db.pullCount.createMany({
      data: [
        { repositoryId, tag: '1.5.0', day: day(0), count: 3 },
        { repositoryId, tag: '1.5.0', day: day(29), count: 4 },
        { repositoryId, tag: '1.7.0', day: day(30), count: 1_000 },
        { repositoryId, tag: '1.6.0', day: day(1), count: 5 },
        { repositoryId, tag: 'gone', day: day(1), count: 5_000 },
        { repositoryId, tag: '', day: day(1), count: 5_000 },
      ],
    });
    const { tags } = await listTagRows(site.app, {
      repositoryId,
      query: '',
      sort: 'pulls',
      direction: 'desc',
      offset: 0,
      limit: 3,
    });
    expect(tags.map(({ tag, recentPulls }) => [tag, recentPulls])).toEqual([
      ['1.5.0', 7],
      ['1.6.0', 5],
      ['1.249.9-slim', 0],
    ]);
  });

  test('appear exactly once across all pages, in any order', async () => {
    for (const sort of TAG_SORTS) {
      const seen = new Set<string>();
      for (let offset = 0; offset < 10_000; offset += 2_500)
        for (const name of (await names({ sort, offset, limit: 2_500 })).names) seen.add(name);
      expect(seen.size, sort).toBe(10_000);
    }
  });

  test('are found by digest, with the number of other tags on it', async () => {
    const { tags } = await listTagRows(site.app, {
      repositoryId,
      query: '1.9.9-rc1',
      sort: 'name',
      direction: 'asc',
      offset: 0,
      limit: 1,
    });
    const [tag] = tags;
    expect(tag).toMatchObject({ sameDigestTags: ['1.9.9-slim', '1.9.9-alpine', '1.9.9'], sameDigestCount: 3 });
    const all = ['1.9.9-rc1', '1.9.9', '1.9.9-alpine', '1.9.9-slim'];
    expect(await names({ query: tag?.digest ?? '', direction: 'asc' })).toEqual({ names: all, total: 4 });
    expect((await names({ query: tag?.digest.slice(0, 30) ?? '' })).total).toBe(4);
    expect((await names({ query: 'sha256:%' })).total).toBe(0);
  });

  test('are counted quickly even when all are on one digest', async () => {
    await site.app.pool.query(
      `UPDATE tags SET manifest_id = (SELECT max(id) FROM manifests WHERE repository_id = $1) WHERE repository_id = $1`,
      [repositoryId],
    );
    const { tags } = await listTagRows(site.app, {
      repositoryId,
      query: '',
      sort: 'name',
      direction: 'asc',
      offset: 0,
      limit: 50,
    });
    expect(tags).toHaveLength(50);
    expect(tags[0]).toMatchObject({ tag: '1.0.0-rc1', sameDigestCount: 9_999 });
    expect(tags[0]?.sameDigestTags.slice(0, 2)).toEqual(['1.249.9-slim', '1.249.9-alpine']);
  });
});
