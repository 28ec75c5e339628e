import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRepository } from '#lib/repositories/create-repository.ts';
import { rebuildSearch } from '#lib/gallery/rebuild-search.ts';
import { blobOf, buildChart, buildManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createRawClient, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';

const run = promisify(execFile);
const podman = await run('podman', ['--version']).then(
  () => true,
  () => false,
);

let site: TestApp;
let anybody: RawClient;
let alias: string;
beforeAll(async () => {
  site = await createTestApp();
  anybody = createRawClient(site.url);
  const ada = await site.createUser();
  alias = ada.alias;
  const client = createDistributionClient(site.url, ada.token);
  const image = () =>
    buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify(randomUUID())),
      layers: [],
    });
  await createRepository(site.app, { caller: ada.caller, alias, name: 'quokka-secret', visibility: 'private' });
  for (const name of ['quokka', 'tools/quokka-cli', 'quokka-secret'])
    await client.push(`${alias}/${name}`, image(), ['1']);
  const chart = await buildChart({ name: 'quokka-chart', version: '1.0.0', description: 'd', files: [] });
  await client.push(`${alias}/quokka-chart`, chart, ['1.0.0']);
  await site.app.db.repository.updateMany({ where: { name: 'quokka' }, data: { description: 'A small macropod' } });
  const { id: repositoryId } = await site.app.db.repository.findFirstOrThrow({ where: { name: 'quokka' } });
  await site.app.db.star.create({ data: { repositoryId, userId: ada.caller.principal.userId } });
  await rebuildSearch(site.app, () => undefined);
});
afterAll(() => site.close());

const search = async (query: string) => {
  const { status, headers, body } = await anybody.send('GET', `/v1/search${query}`);
  return {
    status,
    headers,
    ...(JSON.parse(body.toString()) as { results?: { name: string }[]; num_results?: number }),
  };
};

test('answers like Docker’s first registry API, with public images only', async () => {
  const found = await search('?q=quokka&n=10');
  expect(found).toMatchObject({
    status: 200,
    query: 'quokka',
    num_results: 2,
    num_pages: 1,
    page: 1,
    page_size: 10,
    headers: { 'content-type': 'application/json', 'access-control-allow-origin': '*' },
  });
  expect(found.results).toContainEqual({
    name: `${alias}/quokka`,
    description: 'A small macropod',
    star_count: 1,
    pull_count: 0,
    is_official: false,
    is_automated: false,
    is_trusted: false,
  });
  expect(found.results?.map(({ name }) => name).sort()).toEqual([`${alias}/quokka`, `${alias}/tools/quokka-cli`]);
  expect((await search('?q=quokka&n=1&page=2')).results).toHaveLength(1);
  expect((await search('?q=quokka&page=900000')).results).toEqual([]);
  expect((await search('?q=nothing-like-it')).results).toEqual([]);
  expect(await anybody.send('GET', '/v1/_ping')).toMatchObject({ status: 200 });
});

test('refuses invalid parameters', async () => {
  for (const query of ['?q=x&n=0', '?q=x&n=-1', '?q=x&n=many', '?q=x&page=0', `?q=${'x'.repeat(301)}`])
    expect((await search(query)).status).toBe(400);
  expect((await search('?q=%00')).status).toBe(400);
  expect((await anybody.send('POST', '/v1/search?q=x')).status).toBe(405);
  expect((await anybody.send('GET', '/v1/images/json')).status).toBe(404);
});

test.skipIf(!podman)('podman search finds an image by words', { timeout: 30_000 }, async () => {
  const find = async (...args: string[]) => {
    const { stdout } = await run('podman', [
      'search',
      '--tls-verify=false',
      '--format',
      '{{.Name}}|{{.Description}}',
      ...args,
    ]);
    return stdout.trim().split('\n').sort();
  };
  expect(await find(`${site.host}/quokka`)).toEqual([
    `${site.host}/${alias}/quokka|A small macropod`,
    `${site.host}/${alias}/tools/quokka-cli|`,
  ]);
  expect(await find('--limit', '1', `${site.host}/macropod`)).toEqual([
    `${site.host}/${alias}/quokka|A small macropod`,
  ]);
});
