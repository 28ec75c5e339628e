import { beforeAll, afterAll, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { buildImage } from '#lib/testing/images/build-image.ts';
import { saveSearchDocuments } from '#lib/search/postgres/document-store.ts';
import { buildSearchDocument } from '#lib/gallery/build-search-document.ts';
import { welcome } from './welcome.ts';

let site: TestApp;
beforeAll(async () => {
  site = await createTestApp();
});
afterAll(() => site.close());

/** Returns what a start prints after `Pull`. */
async function readExample(): Promise<string | undefined> {
  const said: string[] = [];
  const stop = () => Promise.resolve();
  await welcome(
    { app: site.app, url: 'http://localhost:3000', stop },
    (_name, work) => work(),
    (...lines) => {
      said.push(...lines);
    },
  );
  return /Pull +(\S.*)/.exec(said.join('\n'))?.[1];
}

async function push(name: string, pulls: number, tags: string[]): Promise<string> {
  const { alias, token } = await site.createUser();
  const image = await buildImage({
    platform: { os: 'linux', architecture: 'amd64' },
    created: '2026-01-01T00:00:00Z',
    layers: [[{ path: 'a', content: name }]],
  });
  for (const tag of tags) await createDistributionClient(site.url, token).push(`${alias}/${name}`, image, [tag]);
  const { id } = await site.app.db.repository.findFirstOrThrow({ where: { name } });
  await site.app.db.repository.update({ where: { id }, data: { pullCount: pulls, visibility: 'public' } });
  await site.app.db.tag.updateMany({ where: { repositoryId: id }, data: { pushedAt: new Date() } });
  const document = await buildSearchDocument(site.app, id);
  if (!document) throw new Error(`${name} isn't public`);
  await saveSearchDocuments(site.app, [document]);
  return `docker pull localhost:3000/${alias}/${name}`;
}

test('names no image while there is none', async () => {
  expect(await readExample()).toBeUndefined();
});

test.each([
  [['1.9', '1.10'], '1.10'],
  [['1.10', '1.9'], '1.10'],
  [['latest', '2.0'], 'latest'],
  [['1.0', `sha256-${'0'.repeat(64)}.sig`], '1.0'],
])('of the tags %j, pushed at once, it names %s', async (tags, expected) => {
  // The most pulled image.
  const pulls = Number(await site.app.db.repository.count()) + 1;
  const command = await push(`app-${pulls}`, pulls, tags);
  expect(await readExample()).toBe(`${command}:${expected}`);
});
