import { describe, expect, test } from 'vitest';
import { deprecateRepository } from '#lib/repositories/deprecation/deprecate-repository.ts';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { deleteRepository } from '#lib/repositories/deletions/delete-repository.ts';
import { updateCatalogData } from '#lib/repositories/update-catalog-data.ts';
import type { TestUser } from '#lib/testing/create-test-app.ts';
import { useFollowingSite } from '#lib/testing/use-following-site.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { followPublisher } from './follow-publisher.ts';
import { groupRows, readFeed, type FeedItem } from './read-feed.ts';
import { FEED_SOURCES, parseFeedCursor, writeFeedCursor } from './schema.ts';

const fixture = useFollowingSite();
const { full, push, follow } = fixture;
const followAll = () =>
  followPublisher(fixture.site.app, { caller: fixture.reader.caller, alias: fixture.publisher.alias });
const deprecate = (name: string, text: string | null) => {
  const deprecation = text === null ? null : { text };
  return deprecateRepository(fixture.site.app, { caller: fixture.publisher.caller, fullName: full(name), deprecation });
};
const setVisibility = (name: string, visibility: 'public' | 'private') =>
  updateCatalogData(fixture.site.app, {
    caller: fixture.publisher.caller,
    fullName: full(name),
    catalogData: {},
    visibility,
  });

async function feed(options: { limit?: number; since?: Date; user?: TestUser } = {}): Promise<string[]> {
  const { user = fixture.reader, ...rest } = options;
  const { userId } = user.caller.principal;
  return (await readFeed(fixture.site.app, { userId, limit: 100, ...rest })).items.map(describeItem);
}
function describeItem(item: FeedItem): string {
  if (item.kind === 'push') return `${item.name} pushed ${item.tags.join(' ')}`;
  return item.kind === 'repository' ? `${item.name} is new` : `${item.name} deprecated: ${item.text}`;
}

describe('the feed', () => {
  test('has pushes to followed repositories, new repositories of followed publishers, and deprecations', async () => {
    await push('one', ['1.0', 'latest']);
    await push('other', ['1.0']);
    await follow('one');
    expect(await feed()).toEqual(['one pushed latest 1.0']);
    await deprecate('other', 'Not followed.');
    await deprecate('one', 'Use two.');
    await push('one', ['1.1', 'latest'], 1);
    expect(await feed()).toEqual(['one pushed latest 1.1', 'one deprecated: Use two.', 'one pushed latest 1.0']);
    await deprecate('one', null);
    expect(await feed()).toEqual(['one pushed latest 1.1 1.0']);
    expect(await feed({ user: fixture.publisher })).toEqual([]);
  });

  test('of a publisher has its new repositories and deprecations, but not every push', async () => {
    await followAll();
    await push('one', ['1.0']);
    await push('two', ['1.0']);
    await push('one', ['1.1'], 1);
    await deprecate('one', 'Use two.');
    expect(await feed()).toEqual(['one deprecated: Use two.', 'two is new', 'one is new']);
    await follow('one');
    expect(await feed()).toEqual([
      'one deprecated: Use two.',
      'one pushed 1.1',
      'two is new',
      'one pushed 1.0',
      'one is new',
    ]);
  });

  test('leaves out attachments and deleted tags', async () => {
    await push('one', ['1.0']);
    await follow('one');
    await push('one', [`sha256-${'a'.repeat(64)}.sig`], 1);
    const client = createDistributionClient(fixture.site.url, fixture.publisher.token);
    await client.request('DELETE', `/v2/${full('one')}/manifests/1.0`);
    expect(await feed()).toEqual(['one pushed 1.0']);
  });

  test.each([
    ['private', (name: string) => setVisibility(name, 'private')],
    [
      'deleted',
      (name: string) => deleteRepository(fixture.site.app, { caller: fixture.publisher.caller, fullName: full(name) }),
    ],
    [
      'quarantined',
      async (name: string) => {
        const { caller } = await fixture.site.createUser({ role: 'admin' });
        await quarantineRepository(fixture.site.app, { caller, fullName: full(name), reason: 'x' });
      },
    ],
  ])('forgets a repository that became %s', async (_state, hide) => {
    await push('one', ['1.0']);
    await follow('one');
    await followAll();
    await deprecate('one', 'Gone.');
    expect(await feed()).toHaveLength(3);
    await hide('one');
    expect(await feed()).toEqual([]);
  });

  test('is read page by page without gaps or repetitions', async () => {
    await followAll();
    for (const name of ['one', 'two', 'three']) {
      await push(name, ['1.0']);
      await follow(name);
      await deprecate(name, 'Gone.');
    }
    // Equal times must not confuse the cursor.
    const at = new Date('2026-01-01T00:00:00Z');
    const ofPublisher = { registry: { aliases: { some: { name: fixture.publisher.alias } } } };
    await fixture.site.app.db.repository.updateMany({ where: ofPublisher, data: { createdAt: at, deprecatedAt: at } });
    await fixture.site.app.db.tagEvent.updateMany({ where: { repository: ofPublisher }, data: { at } });
    const { userId } = fixture.reader.caller.principal;
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await readFeed(fixture.site.app, {
        userId,
        limit: 2,
        before: cursor === null ? null : parseFeedCursor(cursor),
      });
      seen.push(...page.items.map(describeItem));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toHaveLength(9);
    expect(seen.toSorted()).toEqual((await feed()).toSorted());
  });

  test('since a time has only what is newer', async () => {
    await push('one', ['1.0']);
    await follow('one');
    const since = new Date();
    expect(await feed({ since })).toEqual([]);
    await push('one', ['1.1'], 1);
    expect(await feed({ since })).toEqual(['one pushed 1.1']);
  });

  test('does not cost pushes anything', async () => {
    await push('one', ['1.0']);
    await follow('one');
    const countRows = async () => [
      await fixture.site.app.db.notification.count(),
      await fixture.site.app.db.repositoryFollow.count(),
    ];
    const before = await countRows();
    await push('one', ['1.1'], 1);
    expect(await countRows()).toEqual(before);
  });
});

test('a cursor is read as it was written, and anything else is refused', () => {
  for (const source of FEED_SOURCES) {
    const position = { at: new Date(1_764_000_000_123), source, id: 42n };
    expect(parseFeedCursor(writeFeedCursor(position))).toEqual(position);
  }
  for (const text of ['', '1', '1-push', '1-pull-1', '-1-push-1', '1-push-1; DROP', `1-push-${'9'.repeat(19)}`]) {
    expect(parseFeedCursor(text)).toBeNull();
  }
});

test('pushes in a row are one item, and tags are named once', () => {
  const row = { source: 'push', repositoryId: 1n, alias: 'a', name: 'x', digest: 'd', description: '' } as const;
  const rows = ['3', '2', '3'].map((tag, i) => ({ ...row, deprecationText: '', tag, id: BigInt(i), at: new Date(i) }));
  expect(groupRows(rows).map(describeItem)).toEqual(['x pushed 3 2']);
});
