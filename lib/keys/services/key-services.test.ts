import {
  CreateAliasCommand,
  DisableKeyCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { KEYS_VARIABLES, readKeysConfig } from '#lib/keys/keys-config.ts';
import { readVariables } from '#lib/platform/config/variables.ts';
import { findKmsServer, startKms, type KmsServer } from '#lib/testing/keys/start-kms.ts';
import { findVaultServer, startVault, type VaultServer } from '#lib/testing/keys/start-vault.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { describeKeyService } from './key-service.contract.ts';
import { KmsClient } from './kms-client.ts';
import { KmsService } from './kms-service.ts';
import { MasterService } from './master-service.ts';
import { openKeyServices } from './open-key-services.ts';
import { VaultClient } from './vault-client.ts';
import { VaultService } from './vault-service.ts';

const kmsAbsent = (await findKmsServer()).absent;
const vaultAbsent = (await findVaultServer()).absent;
const [old, newer] = ['a'.repeat(32), 'b'.repeat(32)];
const masterKeys = { newest: 1, secrets: new Map([[1, old]]) };

describeKeyService('the master key', null, () =>
  Promise.resolve({
    service: new MasterService(masterKeys),
    rotate: () =>
      Promise.resolve(
        new MasterService({
          newest: 2,
          secrets: new Map([
            [1, old],
            [2, newer],
          ]),
        }),
      ),
    close: () => Promise.resolve(),
  }),
);

function settingsOf(env: Record<string, string>) {
  return readKeysConfig(readVariables(KEYS_VARIABLES, env));
}

function kmsClientOf({ settings }: KmsServer): KmsClient {
  const { kms } = settingsOf(settings);
  if (!kms) throw new Error('no KMS is set');
  return new KmsClient(kms);
}

describeKeyService('AWS KMS', kmsAbsent, async () => {
  const server = await startKms();
  const client = kmsClientOf(server);
  const AliasName = 'alias/vitrine';
  await server.client.send(new CreateAliasCommand({ AliasName, TargetKeyId: await server.createKey() }));
  return {
    service: new KmsService(client, AliasName),
    rotate: async () => {
      await server.client.send(new UpdateAliasCommand({ AliasName, TargetKeyId: await server.createKey() }));
      return new KmsService(client, AliasName);
    },
    close: async () => {
      client.close();
      await server.stop();
    },
  };
});

describe.skipIf(kmsAbsent !== null)(`keys of KMS${kmsAbsent === null ? '' : ` (${kmsAbsent})`}`, () => {
  let server: KmsServer;
  beforeAll(async () => {
    server = await startKms();
  });
  afterAll(() => server.stop());

  it('refuses a missing, a disabled and a deleted key in sentences that name it', async () => {
    const client = kmsClientOf(server);
    const missing = new KmsService(client, randomUUID());
    await expect(missing.check()).rejects.toMatchObject({ code: 'key_refused', message: /doesn't exist\.$/ });
    for (const revoke of [
      (KeyId: string) => server.client.send(new DisableKeyCommand({ KeyId })),
      (KeyId: string) => server.client.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
    ]) {
      const arn = await server.createKey();
      const service = new KmsService(client, arn);
      const wrapped = await service.wrap(randomBytes(32), 'row 1');
      await revoke(arn);
      const refusal = { code: 'key_refused', message: expect.stringContaining(arn) as string };
      await expect(service.unwrap(wrapped, 'row 1')).rejects.toMatchObject(refusal);
      await expect(service.check()).rejects.toMatchObject(refusal);
    }
    client.close();
  });

  it('tells an unreachable service from a refusal', async () => {
    const settings = { ...server.settings, KMS_ENDPOINT: `http://127.0.0.1:${await findFreePort()}` };
    const client = kmsClientOf({ ...server, settings });
    await expect(new KmsService(client, 'alias/vitrine').check()).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterSeconds: 5,
    });
    client.close();
  });
});

function vaultOf({ address }: VaultServer, auth: { roleId: string; secretId: string } | { token: string }) {
  return new VaultClient({ address, namespace: null, auth });
}
const serviceOf = (client: VaultClient, key = 'vitrine') => new VaultService(client, { mount: 'transit', key });

describeKeyService('Vault', vaultAbsent, async () => {
  const server = await startVault();
  await server.createKey('vitrine');
  const client = vaultOf(server, await server.createRole({ ttlSeconds: 60 }));
  return {
    service: serviceOf(client),
    rotate: async () => {
      await server.send('POST', 'transit/keys/vitrine/rotate');
      return serviceOf(client);
    },
    close: async () => {
      client.close();
      await server.stop();
    },
  };
});

describe.skipIf(vaultAbsent !== null)(`tokens of Vault${vaultAbsent === null ? '' : ` (${vaultAbsent})`}`, () => {
  let server: VaultServer;
  beforeAll(async () => {
    server = await startVault();
    await server.createKey('vitrine');
  });
  afterAll(() => server.stop());

  it('renews a token before it expires, and logs in again when it has', async () => {
    const client = vaultOf(server, await server.createRole({ ttlSeconds: 2 }));
    const service = serviceOf(client);
    const wrapped = await service.wrap(randomBytes(32), 'row 1');
    // Longer than the lease, and than the longest that renewals allow.
    for (const waitMs of [3000, 5000]) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await expect(service.unwrap(wrapped, 'row 1')).resolves.toHaveLength(32);
    }
    client.close();
  });

  it('checks grants at the start, and never creates a missing key', async () => {
    const client = vaultOf(server, await server.createRole({ ttlSeconds: 60 }));
    await expect(serviceOf(client, 'other').check()).rejects.toMatchObject({ code: 'key_refused' });
    await expect(server.send('GET', 'transit/keys/other')).rejects.toThrow('404');
    const policy = 'path "transit/keys/+" { capabilities = ["read"] }';
    const weak = vaultOf(server, await server.createRole({ ttlSeconds: 60, policy }));
    await expect(serviceOf(weak).check()).rejects.toMatchObject({
      code: 'key_refused',
      message: expect.stringContaining("doesn't allow this site to use transit/encrypt/vitrine") as string,
    });
    const wrong = vaultOf(server, { token: 'no such token' });
    await expect(serviceOf(wrong).check()).rejects.toMatchObject({ code: 'key_refused', message: /refuses the token/ });
    const root = vaultOf(server, { token: server.rootToken });
    await expect(serviceOf(root).check()).resolves.toBeUndefined();
    for (const each of [client, weak, wrong, root]) each.close();
  });

  it('refuses what is older than the versions that the operator allows', async () => {
    await server.createKey('old');
    const client = vaultOf(server, { token: server.rootToken });
    const wrapped = await serviceOf(client, 'old').wrap(randomBytes(32), 'row 1');
    await server.send('POST', 'transit/keys/old/rotate');
    await server.send('POST', 'transit/keys/old/config', { min_decryption_version: 2 });
    await expect(serviceOf(client, 'old').unwrap(wrapped, 'row 1')).rejects.toMatchObject({ code: 'key_refused' });
    client.close();
  });

  it('is unavailable while sealed', async () => {
    const sealed = await startVault();
    const client = vaultOf(sealed, { token: sealed.rootToken });
    await sealed.createKey('vitrine');
    await serviceOf(client).check();
    await sealed.send('PUT', 'sys/seal');
    await expect(serviceOf(client).check()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    client.close();
    await sealed.stop();
  });
});

const isAbsent = kmsAbsent ?? vaultAbsent;
test.skipIf(isAbsent !== null)(`moves a key between services${isAbsent === null ? '' : ` (${isAbsent})`}`, async () => {
  const [kms, vault] = [await startKms(), await startVault()];
  await vault.createKey('vitrine');
  const env = {
    ...kms.settings,
    KMS_KEY_ID: await kms.createKey(),
    VAULT_ADDR: vault.address,
    VAULT_TOKEN: vault.rootToken,
    VAULT_TRANSIT_KEY: 'vitrine',
  };
  const secret = randomBytes(32);
  let wrapped = await new MasterService(masterKeys).wrap(secret, 'row 1');
  for (const [kind, form] of [
    ['kms', /^kms:arn:aws:kms:/],
    ['vault', /^vault:transit\/vitrine:v1$/],
    ['master', /^master:1$/],
  ] as const) {
    const services = await openKeyServices(settingsOf({ ...env, KEY_SERVICE: kind }), masterKeys);
    wrapped = await services.rewrap(wrapped, 'row 1');
    expect(wrapped.wrappedBy).toMatch(form);
    expect((await services.unwrap(wrapped, 'row 1')).equals(secret)).toBe(true);
    expect(await services.rewrap(wrapped, 'row 1')).toBe(wrapped);
    services.close();
  }
  const services = await openKeyServices(settingsOf({}), masterKeys);
  const byKms = { ...wrapped, wrappedBy: `kms:${env.KMS_KEY_ID}` };
  await expect(services.unwrap(byKms, 'row 1')).rejects.toMatchObject({ message: /Set KMS_REGION again until/ });
  await Promise.all([kms.stop(), vault.stop()]);
});

test('names settings that are missing', () => {
  expect(() => settingsOf({ KEY_SERVICE: 'kms', KMS_REGION: 'eu-west-1' })).toThrow('needs KMS_REGION and KMS_KEY_ID');
  expect(() => settingsOf({ KMS_KEY_ID: 'x' })).toThrow('KMS_KEY_ID needs KMS_REGION');
  expect(() => settingsOf({ KMS_REGION: 'eu-west-1', KMS_ACCESS_KEY_ID: 'x' })).toThrow('Set both, or neither');
  expect(() => settingsOf({ KEY_SERVICE: 'vault' })).toThrow('needs VAULT_ADDR and VAULT_TRANSIT_KEY');
  expect(() => settingsOf({ VAULT_TRANSIT_KEY: 'x' })).toThrow('needs VAULT_ADDR');
  expect(() => settingsOf({ VAULT_TRANSIT_KEY: 'x', VAULT_ADDR: 'http://x' })).toThrow('or VAULT_TOKEN');
});
