// The requests by which update checkers look for new tags, as their sources send them.
import { beforeAll, describe, expect, test } from 'vitest';
import { createDistributionClient } from '#lib/testing/distribution-client.ts';
import { basic, createRawClient, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { BASE_URL, createPublisher } from '../../fixtures.ts';
import { buildSampleIndex } from '../sample-image.ts';

const TYPES = {
  S2: 'application/vnd.docker.distribution.manifest.v2+json',
  SL: 'application/vnd.docker.distribution.manifest.list.v2+json',
  OM: 'application/vnd.oci.image.manifest.v1+json',
  OI: 'application/vnd.oci.image.index.v1+json',
  S1: 'application/vnd.docker.distribution.manifest.v1+json',
  S1S: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
};
const accept = (...names: (keyof typeof TYPES)[]) => names.map((name) => TYPES[name]).join(', ');
const TAGS = Array.from({ length: 230 }, (_, i) => `v1.${i}.0`);

let client: RawClient;
let name: string;
let digest: string;

beforeAll(async () => {
  const { alias, secret } = await createPublisher();
  name = `${alias}/checked`;
  const index = await buildSampleIndex();
  digest = index.digest;
  await createDistributionClient(BASE_URL, secret).push(name, index, TAGS);
  client = createRawClient(BASE_URL, basic(secret));
});

type Page = { tags: string[]; next: string | null };

async function list(path: string): Promise<Page> {
  const answer = await client.send('GET', path);
  expect(answer.status).toBe(200);
  const [, next = null] = /<([^>]+)>; ?rel="next"/.exec(String(answer.headers.link ?? '')) ?? [];
  return { tags: (JSON.parse(answer.body.toString()) as { tags: string[] }).tags, next };
}

describe('all tags', () => {
  test.each([
    ['Renovate asks for 10,000 at once', '?n=10000'],
    ['Flux asks for 1,000', '?n=1000'],
    ['Keel, Argo CD Image Updater and Diun set no limit', ''],
    ['a checker with small pages follows the link', '?n=50'],
  ])('%s', async (_what, query) => {
    const tags: string[] = [];
    let next: string | null = `/v2/${name}/tags/list${query}`;
    for (let pages = 0; next !== null && pages < 20; pages += 1) {
      const page: Page = await list(next);
      tags.push(...page.tags);
      // Relative to the page, without a host.
      next =
        page.next && new URL(page.next, `${BASE_URL}/v2/${name}/tags/list`).href.slice(new URL(BASE_URL).origin.length);
    }
    expect(tags.sort()).toEqual([...TAGS].sort());
  });

  test('Dependabot takes `last` out of the link and asks anew', async () => {
    const tags: string[] = [];
    let last: string | null = '';
    while (last !== null) {
      const page: Page = await list(`/v2/${name}/tags/list?n=100${last && `&last=${encodeURIComponent(last)}`}`);
      tags.push(...page.tags);
      last = page.next && new URL(page.next, BASE_URL).searchParams.get('last');
    }
    expect(tags.sort()).toEqual([...TAGS].sort());
  });
});

test.each([
  ['Renovate', accept('SL', 'S2', 'OM', 'OI')],
  ['Dependabot', `${accept('S2', 'SL', 'OI', 'OM')}, application/json`],
  ['Flux and others with go-containerregistry', accept('S1', 'S1S', 'S2', 'OM', 'SL', 'OI')],
  ['Keel', accept('SL', 'S2', 'OI', 'OM')],
  ['Diun', accept('OM', 'S2', 'S1S', 'S1', 'SL', 'OI')],
])('%s learns the digest of a tag from HEAD', async (_what, accepted) => {
  const head = await client.send('HEAD', `/v2/${name}/manifests/v1.7.0`, { headers: { accept: accepted } });
  expect(head).toMatchObject({ status: 200, headers: { 'docker-content-digest': digest, 'content-type': TYPES.OI } });
  expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
});

test('Renovate and Argo CD Image Updater read labels and dates: tag, first image, config', async () => {
  const headers = { accept: accept('SL', 'S2', 'OM', 'OI') };
  const get = async (path: string) =>
    JSON.parse((await client.send('GET', `/v2/${name}/${path}`, { headers })).body.toString()) as Record<
      string,
      unknown
    >;
  const { manifests } = (await get('manifests/v1.7.0')) as { manifests: { digest: string }[] };
  const { config } = (await get(`manifests/${manifests[0]?.digest}`)) as { config: { digest: string } };
  expect(await get(`blobs/${config.digest}`)).toMatchObject({ architecture: 'amd64' });
});

test('a checker that doesn’t log in asks for a token first', async () => {
  const nobody = createRawClient(BASE_URL);
  const ping = await nobody.send('GET', '/v2/');
  const [, realm = ''] = /realm="([^"]+)"/.exec(ping.headers['www-authenticate'] ?? '') ?? [];
  const token = (await (await fetch(`${realm}?scope=repository:${name}:pull`)).json()) as { token: string };
  const tags = await createRawClient(BASE_URL, `Bearer ${token.token}`).send('GET', `/v2/${name}/tags/list?n=1000`);
  expect(tags.status).toBe(200);
});
