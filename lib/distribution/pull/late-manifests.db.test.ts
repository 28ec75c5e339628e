// Manifests whose push loses its permission before the body is complete.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quarantineRepository } from '#lib/repositories/moderation/quarantine-repository.ts';
import { createAccessToken } from '#lib/identity/credentials/create-access-token.ts';
import { revokeAccessToken } from '#lib/identity/credentials/revoke-access-token.ts';
import { OCI_IMAGE_INDEX } from '#lib/oci/media-types.ts';
import { createTestApp, type TestApp, type TestUser } from '#lib/testing/create-test-app.ts';
import { basic, createRawClient } from '#lib/testing/servers/raw-http.ts';

const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: OCI_IMAGE_INDEX, manifests: [] });

let vitrine: TestApp;
let ada: TestUser;
beforeAll(async () => {
  vitrine = await createTestApp();
  ada = await vitrine.createUser();
});
afterAll(() => vitrine.close());

/** Sends part of the manifest, and the rest after `meanwhile`. */
async function putSlowly(fullName: string, token: string, meanwhile: () => Promise<void>): Promise<number> {
  const headers = { authorization: basic(token), 'content-type': OCI_IMAGE_INDEX, 'content-length': MANIFEST.length };
  const sent = request(`${vitrine.url}/v2/${fullName}/manifests/late`, {
    method: 'PUT',
    headers: { ...headers, expect: '100-continue' },
  });
  const answered = new Promise<number>((resolve, reject) => {
    sent.on('response', (res) => resolve(res.resume().statusCode ?? 0)).on('error', reject);
  });
  sent.flushHeaders();
  // The push is authorized at this point.
  await new Promise((resolve) => sent.once('continue', resolve));
  sent.write(MANIFEST.slice(0, 10));
  await meanwhile();
  sent.end(MANIFEST.slice(10));
  return answered;
}

const findTag = (name: string) => vitrine.app.db.tag.findFirst({ where: { name: 'late', repository: { name } } });

test('rejects a manifest once its repository is in quarantine', async () => {
  const admin = await vitrine.createUser({ role: 'admin' });
  const fullName = `${ada.alias}/closed`;
  await createRawClient(vitrine.url, basic(ada.token)).pushBlob(fullName, 'a layer');
  const close = () => quarantineRepository(vitrine.app, { caller: admin.caller, fullName, reason: 'A miner.' });
  expect(await putSlowly(fullName, ada.token, close)).toBe(403);
  expect(await findTag('closed')).toBeNull();
});

test('rejects a slow manifest after its token was revoked', async () => {
  const fullName = `${ada.alias}/revoked`;
  const { id, secret } = await createAccessToken(vitrine.app, {
    caller: ada.caller,
    name: 'leaked',
    scopes: ['push'],
    expiresInDays: 1,
  });
  const status = await putSlowly(fullName, secret, async () => {
    await revokeAccessToken(vitrine.app, { caller: ada.caller, id });
    await sleep(1_200);
  });
  expect(status).toBe(401);
  expect(await findTag('revoked')).toBeNull();
});
