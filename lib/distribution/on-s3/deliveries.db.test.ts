// Who sends blobs: the site, the bucket or a CDN.
import { GetDownloadUrlForLayerCommand } from '@aws-sdk/client-ecr';
import { createHmac, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { siteBlob } from '#lib/blobs/blob-store.ts';
import type { Digest } from '#lib/oci/digest.ts';
import { createAwsClients, createTestKey } from '#lib/testing/aws/create-aws-clients.ts';
import type { TestUser } from '#lib/testing/create-test-app.ts';
import { blobOf, buildManifest } from '#lib/testing/images/build-image.ts';
import { basic, createRawClient, type RawClient } from '#lib/testing/servers/raw-http.ts';
import { findS3Server } from '#lib/testing/s3/start-s3.ts';
import { useS3Sites, type S3Sites } from '#lib/testing/s3/use-s3-sites.ts';

const LARGE = randomBytes(9 * 1024 * 1024 + 5);
const SMALL = Buffer.from('{"os":"linux"}');
const CDN_KEY = 'a secret that the CDN knows as well';
const { absent } = await findS3Server();
const title = absent ? `delivery from S3 (skipped: ${absent})` : 'delivery from S3';

describe.skipIf(absent !== null)(title, () => {
  let sites: S3Sites;
  let ada: TestUser;
  let name: string;
  let client: RawClient;
  let large: string;
  let small: string;
  beforeAll(async () => {
    sites = await useS3Sites({ S3_DELIVERY: 'redirect' });
    ada = await sites.one.createUser();
    name = `${ada.alias}/tool`;
    client = createRawClient(sites.one.url, basic(ada.token));
    large = `/v2/${name}/blobs/${await client.pushBlob(name, LARGE)}`;
    small = `/v2/${name}/blobs/${await client.pushBlob(name, SMALL)}`;
    const manifest = buildManifest({
      config: blobOf('application/vnd.oci.image.config.v1+json', SMALL),
      layers: [blobOf('application/vnd.oci.image.layer.v1.tar', LARGE)],
    });
    const headers = { 'content-type': manifest.mediaType };
    await client.send('PUT', `/v2/${name}/manifests/v1`, { headers, body: manifest.bytes });
  });
  afterAll(() => sites.close());

  test('redirects to the bucket, which sends the blob and its ranges', async () => {
    for (let time = 0; time < 3; time += 1) {
      const answer = await client.send('GET', large);
      expect(answer).toMatchObject({ status: 307, headers: { 'cache-control': 'no-store' } });
      const url = answer.headers.location ?? '';
      expect(url.startsWith(sites.server.settings.S3_ENDPOINT)).toBe(true);
      expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(LARGE)).toBe(true);
      const part = await fetch(url, { headers: { range: 'bytes=7-9' } });
      expect(part.status).toBe(206);
      expect(Buffer.from(await part.arrayBuffer()).equals(LARGE.subarray(7, 10))).toBe(true);
      expect((await fetch(url.replace(/blobs\/../, 'blobs/xx'))).status).toBe(403);
      // The next time, memory answers.
      const digest = large.split('/').at(-1) as Digest;
      expect(sites.one.app.blobs.recallRedirect(siteBlob(digest))).toEqual({ kind: 'redirect', url });
    }
  });

  test('sends small blobs, and answers HEAD, by itself', async () => {
    for (let time = 0; time < 3; time += 1) {
      expect((await client.send('GET', small)).body.equals(SMALL)).toBe(true);
      const head = await client.send('HEAD', large);
      expect(head).toMatchObject({ status: 200, headers: { 'content-length': String(LARGE.length) } });
    }
  });

  test('redirects only those who may pull', async () => {
    await sites.one.app.db.repository.updateMany({ data: { visibility: 'private' } });
    expect((await createRawClient(sites.two.url).send('GET', large)).status).toBe(401);
    const stranger = await sites.two.createUser();
    const refused = await createRawClient(sites.two.url, basic(stranger.token)).send('GET', large);
    expect([401, 403, 404]).toContain(refused.status);
    expect((await createRawClient(sites.two.url, basic(ada.token)).send('GET', large)).status).toBe(307);
  });

  test('redirects from the URL of GetDownloadUrlForLayer', async () => {
    const aws = createAwsClients(sites.one.url, await createTestKey(sites.one, ada));
    const layerDigest = large.split('/').at(-1) ?? '';
    const { downloadUrl = '' } = await aws.ecr.send(
      new GetDownloadUrlForLayerCommand({ repositoryName: 'tool', layerDigest }),
    );
    const answer = await fetch(downloadUrl, { redirect: 'manual' });
    expect(answer.status).toBe(307);
    const followed = await fetch(answer.headers.get('location') ?? '');
    expect(Buffer.from(await followed.arrayBuffer()).equals(LARGE)).toBe(true);
  });

  const locationFrom = async (env: Record<string, string>) => {
    const site = await sites.start({ S3_DELIVERY: 'cdn', CDN_URL: 'https://cdn.example.org', ...env });
    try {
      const answer = await createRawClient(site.url, basic(ada.token)).send('GET', large);
      expect(answer.status).toBe(307);
      return new URL(answer.headers.location ?? '');
    } finally {
      await site.close();
    }
  };

  test('signs URLs of a CDN by HMAC', async () => {
    const url = await locationFrom({ CDN_KEY });
    expect(url.origin).toBe('https://cdn.example.org');
    const expires = url.searchParams.get('expires') ?? '';
    expect(Number(expires) * 1000 - Date.now()).toBeGreaterThan(600_000);
    const expected = createHmac('sha256', CDN_KEY).update(`${url.pathname}\n${expires}`).digest('base64url');
    expect(url.searchParams.get('signature')).toBe(expected);
  });

  test('signs URLs for CloudFront', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const url = await locationFrom({ CDN_KEY: String(pem), CDN_KEY_PAIR_ID: 'K2JCJMDEHXQW5F' });
    expect(url.searchParams.get('Key-Pair-Id')).toBe('K2JCJMDEHXQW5F');
    const until = Number(url.searchParams.get('Expires'));
    const resource = `${url.origin}${url.pathname}`;
    const condition = { DateLessThan: { 'AWS:EpochTime': until } };
    const policy = JSON.stringify({ Statement: [{ Resource: resource, Condition: condition }] });
    const letters: Record<string, string> = { '-': '+', _: '=', '~': '/' };
    const signature = (url.searchParams.get('Signature') ?? '').replace(/[-_~]/g, (char) => letters[char] ?? '');
    const isRight = createVerify('RSA-SHA1').update(policy).verify(publicKey, signature, 'base64');
    expect(isRight).toBe(true);
  });

  test.each([
    [{ S3_SECRET_ACCESS_KEY: 'wrong' }, /SignatureDoesNotMatch.* Check S3_ENDPOINT/],
    [{ S3_BUCKET: 'missing' }, /The bucket missing can't be used \(NoSuchBucket/],
    [{ S3_ENDPOINT: 'http://127.0.0.1:1' }, /ECONNREFUSED/],
  ] as const)('tells the operator why the bucket can’t be used: %o', async (env, message) => {
    await expect(sites.start({ ...env })).rejects.toMatchObject({ code: 'unavailable', message });
  });

  test.each([
    [{ S3_BUCKET: '', S3_ENDPOINT: 'http://127.0.0.1:1' }, /S3_BUCKET is not set/],
    [{ S3_SECRET_ACCESS_KEY: '' }, /must be set together/],
    [{ S3_DELIVERY: 'cdn' }, /needs CDN_URL and CDN_KEY/],
    [{ S3_DELIVERY: 'cdn', CDN_URL: 'https://cdn.example.org', CDN_KEY: 'short' }, /at least 32 characters/],
    [{ S3_DELIVERY: 'cdn', CDN_URL: 'https://c.example.org', CDN_KEY, CDN_KEY_PAIR_ID: 'K1' }, /PEM/],
    [{ S3_KMS_KEY_ID: 'k' }, /S3_ENCRYPTION=aws:kms/],
    [{ S3_URL_SECONDS: '86400' }, /at most 1800/],
    [{ S3_PREFIX: '../other' }, /S3_PREFIX must look like/],
  ] as const)('refuses %o at startup', async (env, message) => {
    await expect(sites.start({ ...env })).rejects.toMatchObject({ code: 'invalid_input', message });
  });
});
