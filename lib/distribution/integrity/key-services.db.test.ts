// Sealed storage whose keys AWS KMS or Vault protects.
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import { readConfig } from '#lib/config.ts';
import { createApp } from '#lib/create-app.ts';
import { createLog } from '#lib/platform/log.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';
import { findKmsServer, startKms, type KmsServer } from '#lib/testing/keys/start-kms.ts';
import { findVaultServer, startVault, type VaultServer } from '#lib/testing/keys/start-vault.ts';
import { rewrapKeys } from './rewrap-keys.ts';

const MASTER_KEY = `1:${'a'.repeat(32)}`;
const SEALED = { SEALED_STORAGE: '', MASTER_KEY, LOG_LEVEL: 'silent' };
const absent = (await findKmsServer()).absent ?? (await findVaultServer()).absent;

describe.skipIf(absent !== null)(`a site with key services${absent === null ? '' : ` (${absent})`}`, () => {
  let kms: KmsServer;
  let vault: VaultServer;
  let vaultSettings: Record<string, string>;
  beforeAll(async () => {
    [kms, vault] = [await startKms(), await startVault()];
    await vault.createKey('vitrine');
    const { roleId, secretId } = await vault.createRole({ ttlSeconds: 600 });
    vaultSettings = {
      VAULT_ADDR: vault.address,
      VAULT_TRANSIT_KEY: 'vitrine',
      VAULT_ROLE_ID: roleId,
      VAULT_SECRET_ID: secretId,
    };
  });
  afterAll(async () => {
    await kms.stop();
    await vault.stop();
  });

  async function open(env: Record<string, string>): Promise<TestApp> {
    const site = await createTestApp({ ...SEALED, ...env });
    onTestFinished(() => site.close());
    return site;
  }
  const replicaOf = ({ app }: TestApp) => ({
    DATABASE_URL: app.config.databaseUrl ?? '',
    DATA_DIR: app.config.dataDir,
  });
  const wrappedBy = async ({ app }: TestApp) =>
    [...(await app.db.sealingKey.findMany()), ...(await app.db.secretKey.findMany())].map((key) => key.wrappedBy);

  test('moves its keys from the master key to KMS and on to Vault, and blobs stay readable', async () => {
    const first = await open({});
    const ada = await first.createUser();
    const bytes = randomBytes(100_000);
    const digest = await createRawClient(first.url, basic(ada.token)).pushBlob(`${ada.alias}/tool`, bytes);
    const path = `/v2/${ada.alias}/tool/blobs/${digest}`;
    const secret = await first.app.secrets.seal('upstream of Ada', 'password');
    const KMS_KEY_ID = await kms.createKey();
    const moves: [Record<string, string>, RegExp][] = [
      [{ ...kms.settings, KMS_KEY_ID, KEY_SERVICE: 'kms' }, /^kms:arn:/],
      [{ ...kms.settings, KMS_KEY_ID, ...vaultSettings, KEY_SERVICE: 'vault' }, /^vault:transit\/vitrine:v1$/],
    ];
    for (const [settings, form] of moves) {
      const site = await open({ ...replicaOf(first), ...settings });
      expect((await rewrapKeys(site.app, { caller: SYSTEM_CALLER })).keys).toBe(2);
      expect((await rewrapKeys(site.app, { caller: SYSTEM_CALLER })).keys).toBe(0);
      expect(await wrappedBy(site)).toEqual([expect.stringMatching(form), expect.stringMatching(form)]);
    }
    const last = await open({ ...replicaOf(first), ...vaultSettings, KEY_SERVICE: 'vault' });
    const { body } = await createRawClient(last.url, basic(ada.token)).send('GET', path);
    expect(body.equals(bytes)).toBe(true);
    expect(await last.app.secrets.open('upstream of Ada', secret)).toBe('password');
    // The services that the keys were moved away from are gone, the one that they need isn't.
    const config = readConfig({ ...replicaOf(first), MASTER_KEY, LOG_LEVEL: 'silent' });
    await expect(createApp(config, createLog('silent', false))).rejects.toMatchObject({
      code: 'unavailable',
      message: /protected by vault:transit\/vitrine:v1. Set VAULT_TRANSIT_KEY again/,
    });
  });

  test('goes on without a key service that is away, and never stores a blob unsealed', async () => {
    const own = await startKms();
    const KMS_KEY_ID = await own.createKey();
    const settings = { ...own.settings, KMS_KEY_ID, KEY_SERVICE: 'kms' };
    const running = await open(settings);
    const ada = await running.createUser();
    const client = createRawClient(running.url, basic(ada.token));
    const bytes = randomBytes(1000);
    const digest = await client.pushBlob(`${ada.alias}/tool`, bytes);
    const path = `/v2/${ada.alias}/tool/blobs/${digest}`;
    await own.client.send(new DisableKeyCommand({ KeyId: KMS_KEY_ID }));
    const started = await open({ ...replicaOf(running), ...settings });
    const other = createRawClient(started.url, basic(ada.token));
    // The running process has the key, and the one that started without the service hasn't.
    expect((await client.send('GET', path)).body.equals(bytes)).toBe(true);
    expect(await other.send('GET', path)).toMatchObject({ status: 503, codes: ['UNAVAILABLE'] });
    const upload = { headers: { 'content-type': 'application/octet-stream' }, body: randomBytes(10) };
    const location = await other.startUpload(`${ada.alias}/tool`).catch(() => null);
    if (location !== null) expect(await other.send('PATCH', location, upload)).toMatchObject({ status: 503 });
    await expect(started.app.sealingKeys.check()).rejects.toMatchObject({ code: 'unavailable' });
    expect(await started.app.db.blob.count()).toBe(1);
    await own.client.send(new EnableKeyCommand({ KeyId: KMS_KEY_ID }));
    expect((await other.send('GET', path)).body.equals(bytes)).toBe(true);
    await expect(started.app.sealingKeys.check()).resolves.toBeUndefined();
    await other.pushBlob(`${ada.alias}/tool`, randomBytes(10));
    await own.stop();
  });

  test('a new site whose key service is away waits for it with pushes', async () => {
    const own = await startVault();
    await own.createKey('vitrine');
    await own.send('PUT', 'sys/seal');
    const settings = { VAULT_ADDR: own.address, VAULT_TRANSIT_KEY: 'vitrine', VAULT_TOKEN: own.rootToken };
    const site = await open({ ...settings, KEY_SERVICE: 'vault' });
    const ada = await site.createUser();
    const client = createRawClient(site.url, basic(ada.token));
    await expect(client.pushBlob(`${ada.alias}/tool`, randomBytes(10))).rejects.toThrow();
    expect(await site.app.db.blob.count()).toBe(0);
    expect(await site.app.db.sealingKey.count()).toBe(0);
    await own.stop();
  });

  test('a start with a key that was never right fails with a sentence', async () => {
    const settings = { ...kms.settings, KMS_KEY_ID: 'alias/no-such-key', KEY_SERVICE: 'kms' };
    await expect(open(settings)).rejects.toMatchObject({
      code: 'invalid_input',
      message: "The KMS key alias/no-such-key doesn't exist.",
    });
  });
});
