import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { openTotpSecret, totpContext } from '#lib/identity/factors/set-up-totp.ts';
import { destinationContext } from '#lib/outbound/destinations/destination-context.ts';
import { webhookContext } from '#lib/outbound/webhooks/webhook-store.ts';
import { openSecret, sealSecret } from '#lib/platform/sealed-secret.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { passwordContext } from '#lib/upstream/mirrors/load-upstream.ts';
import { rewrapKeys } from './rewrap-keys.ts';

const sites: TestApp[] = [];
afterEach(async () => {
  for (const site of sites.splice(0)) await site.close();
});

async function open(env: Record<string, string>): Promise<TestApp> {
  const site = await createTestApp({ SEALED_STORAGE: '0', ...env });
  sites.push(site);
  return site;
}

test('a site of the previous version seals secrets as that does, until keys rewrap has run', async () => {
  const old = await open({});
  const { alias, token } = await old.createUser();
  await createRawClient(old.url, basic(token)).pushBlob(`${alias}/tool`, randomBytes(100));
  await old.app.db.secretKey.deleteMany();
  const { databaseUrl, dataDir } = old.app.config;
  const replica = () => open({ DATABASE_URL: databaseUrl ?? '', DATA_DIR: dataDir });
  const [first, second] = [await replica(), await replica()];
  const before = await first.app.secrets.seal('row', 'password');
  expect(openSecret(old.app.authKeys.sealing, 'row', before)).toBe('password');
  await rewrapKeys(second.app, { caller: SYSTEM_CALLER });
  const after = await first.app.secrets.seal('row', 'password');
  expect(() => openSecret(old.app.authKeys.sealing, 'row', after)).toThrow();
  for (const sealed of [before, after]) expect(await second.app.secrets.open('row', sealed)).toBe('password');
});

test('secrets of older versions outlive a change of AUTH_SECRET, once keys rewrap has run', async () => {
  const site = await open({ AUTH_SECRET: 'a'.repeat(40) });
  const ada = await site.createUser();
  const { userId } = ada.caller.principal;
  const eve = (await site.createUser()).caller.principal;
  const sealOld = (context: string, secret: string) =>
    new Uint8Array(sealSecret(site.app.authKeys.sealing, context, secret));
  const { db } = site.app;
  await db.totpFactor.create({
    data: { userId, sealedSecret: sealOld(totpContext(userId), 'JBSWY3DP') },
  });
  await db.totpFactor.create({ data: { userId: eve.userId, sealedSecret: new Uint8Array(Buffer.alloc(60, 1)) } });
  const { registryKey } = await db.alias.findFirstOrThrow({ where: { name: ada.alias } });
  const place = { registryKey, host: 'registry.example.test' };
  const sealedPassword = sealOld(passwordContext(place), 'p4ssword');
  await db.upstream.create({ data: { ...place, username: 'ada', sealedPassword } });

  const settings = { name: 'hook', url: 'https://example.org', format: 'quay', eventTypes: ['image.pushed'] };
  const hook = await db.webhook.create({ data: { registryKey, ...settings, sealedSecret: new Uint8Array() } });
  const sealedSecret = sealOld(webhookContext(hook.id, 'secret'), 'whsec_AAAA');
  await db.webhook.update({ where: { id: hook.id }, data: { sealedSecret } });
  const address = { ...place, region: 'eu-north-1', destinationRegistryId: '123456789012', namespace: '' };
  const sealedDestination = { username: 'eve', sealedPassword: sealOld(destinationContext(place), 'p4ssw0rd') };
  await db.replicationDestination.create({ data: { ...address, ...sealedDestination } });

  expect(await rewrapKeys(site.app, { caller: SYSTEM_CALLER })).toEqual({ keys: 0, secrets: { sealed: 4, lost: 1 } });
  const { databaseUrl, dataDir } = site.app.config;
  const other = await open({ DATABASE_URL: databaseUrl ?? '', DATA_DIR: dataDir, AUTH_SECRET: 'b'.repeat(40) });
  const factor = await db.totpFactor.findUniqueOrThrow({ where: { userId } });
  expect(await openTotpSecret(other.app, factor)).toBe('JBSWY3DP');
  const upstream = await db.upstream.findFirstOrThrow({ where: place });
  expect(await other.app.secrets.open(passwordContext(upstream), upstream.sealedPassword ?? new Uint8Array())).toBe(
    'p4ssword',
  );
  const webhook = await db.webhook.findUniqueOrThrow({ where: { id: hook.id } });
  expect(await other.app.secrets.open(webhookContext(hook.id, 'secret'), webhook.sealedSecret)).toBe('whsec_AAAA');
  const { sealedPassword: sealed } = await db.replicationDestination.findFirstOrThrow({ where: place });
  expect(await other.app.secrets.open(destinationContext(place), sealed ?? new Uint8Array())).toBe('p4ssw0rd');
});
