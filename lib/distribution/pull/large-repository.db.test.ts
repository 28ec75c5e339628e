// The cost of a push, pull or list must not depend on the amount of data. Timing is unreliable in tests, so this counts
// what the database reads.
import { randomBytes } from 'node:crypto';
import { ListImagesCommand } from '@aws-sdk/client-ecr';
import { DescribeImagesCommand, DescribeImageTagsCommand } from '@aws-sdk/client-ecr-public';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAwsClients, createTestKey, type AwsClients } from '#lib/testing/aws/create-aws-clients.ts';
import { addManyTags } from '#lib/testing/images/add-many-tags.ts';
import { blobOf, buildIndex, buildManifest, type BuiltManifest } from '#lib/testing/images/build-image.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { createDistributionClient, type DistributionClient } from '#lib/testing/distribution-client.ts';

const REPOSITORIES = 500;
const VERSIONS = 10_000;
/** Rows, index entries and pages. The repository has four times as many tags as versions. */
const MAX_READ = 250;
/** A page of the AWS APIs. */
const PAGE = { repositoryName: 'large', maxResults: 10 };
/** Tables that grow with a repository. */
const TABLES = ['tags', 'manifests', 'tag_events'];

let site: TestApp;
let client: DistributionClient;
let aws: AwsClients;
let name: string;

beforeAll(async () => {
  site = await createTestApp();
  const user = await site.createUser();
  client = createDistributionClient(site.url, user.token);
  aws = createAwsClients(site.url, await createTestKey(site, user));
  name = `${user.alias}/large`;
  await client.push(name, image(), ['latest']);
  const { pool, db } = site.app;
  const large = await db.repository.findFirstOrThrow();
  await addManyTags(pool, { repositoryId: large.id, versions: VERSIONS });
  await pool.query(
    `INSERT INTO repositories (registry_id, name, updated_at)
     SELECT registry_id, 'small-' || i, now() FROM repositories, generate_series(1, $1::int) AS i`,
    [REPOSITORIES],
  );
  const { rows } = await pool.query<{ id: bigint }>(`SELECT id FROM repositories WHERE name LIKE 'small-%'`);
  for (const { id } of rows) await addManyTags(pool, { repositoryId: id, versions: 1 });
  await pool.query('ANALYZE');
  // Autovacuum would distort the counts.
  for (const table of TABLES) await pool.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
}, 60_000);
afterAll(() => site.close());

function image(): BuiltManifest {
  return buildManifest({
    config: blobOf('application/vnd.oci.image.config.v1+json', JSON.stringify({ is: randomBytes(8).toString('hex') })),
    layers: [blobOf('application/vnd.oci.image.layer.v1.tar', randomBytes(100))],
  });
}

function index(): BuiltManifest {
  const of = (architecture: string) => ({ platform: { os: 'linux', architecture }, image: image() });
  return buildIndex([of('amd64'), of('arm64')]);
}

const listing = index();

/** Counts what has been read from these tables so far. */
async function countRead(): Promise<number> {
  const { pool } = site.app;
  const clients = await Promise.all(Array.from({ length: pool.idleCount }, () => pool.connect()));
  for (const each of clients) await each.query('SELECT pg_stat_force_next_flush()');
  for (const each of clients) each.release();
  const { rows } = await pool.query<{ read: number }>(
    `SELECT ((SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = ANY ($1))
           + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = ANY ($1))
           + (SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)
                FROM pg_statio_user_tables WHERE relname = ANY ($1)))::int AS read`,
    [TABLES],
  );
  return rows[0]?.read ?? 0;
}

const BY_CLIENTS: Record<string, () => Promise<unknown>> = {
  'creating a tag': () => client.push(name, image(), [`new-${randomBytes(4).toString('hex')}`]),
  'moving a tag': () => client.push(name, image(), ['latest']),
  'pushing an index with its images': () => client.push(name, listing, ['index']),
  'pushing an indexed image again': () => client.push(name, listing.children[0] ?? listing, []),
  'pulling by tag': () => {
    site.app.pullCache.forget(null);
    return client.request('GET', `/v2/${name}/manifests/1.7.7-slim`);
  },
  'pulling a missing tag': () => fetch(`${site.url}/v2/${name}/manifests/none`),
  'listing a page of tags': () => client.request('GET', `/v2/${name}/tags/list?n=10&last=1.7.7`),
  'listing referrers': () => client.request('GET', `/v2/${name}/referrers/${image().digest}`),
  'describing a page of images': () => aws.ecrPublic.send(new DescribeImagesCommand(PAGE)),
  'describing a page of tags': () => aws.ecrPublic.send(new DescribeImageTagsCommand(PAGE)),
  'describing an image': () =>
    aws.ecrPublic.send(new DescribeImagesCommand({ repositoryName: 'large', imageIds: [{ imageTag: '1.7.7' }] })),
  'listing a page of image ids': async () => {
    const setVisibility = (visibility: 'private' | 'public') =>
      site.app.db.repository.updateMany({ where: { name: 'large' }, data: { visibility } });
    await setVisibility('private');
    await aws.ecr.send(new ListImagesCommand({ ...PAGE, filter: { tagStatus: 'ANY' } }));
    await setVisibility('public');
  },
  'deleting a manifest': () => client.request('DELETE', `/v2/${name}/manifests/${listing.digest}`),
  'deleting a tag': () => client.request('DELETE', `/v2/${name}/manifests/1.8.8-slim`),
};

test.each(Object.keys(BY_CLIENTS))('%s', async (what) => {
  const act = BY_CLIENTS[what];
  const before = await countRead();
  await act?.();
  const read = (await countRead()) - before;
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(MAX_READ);
});
