import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import { createRedirectServer } from '#lib/platform/tls/redirect-server.ts';
import { createTestApp, type TestApp } from '#lib/testing/create-test-app.ts';
import { findFreePort } from '#lib/testing/servers/find-free-port.ts';
import { startPebble, whyNoPebble, type Pebble } from '#lib/testing/tls/start-pebble.ts';
import { AcmeChallenges } from './acme-challenges.ts';
import { createAcmeSource } from './acme-source.ts';
import { renewCertificate, type AcmeConfig } from './renew-certificate.ts';

const absent = await whyNoPebble();
const HOST = 'registry.example.test';

describe.skipIf(absent !== null)(`certificates of an ACME server${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let site: TestApp;
  let pebble: Pebble;
  let config: AcmeConfig;
  let httpPort: number;
  let server: ReturnType<typeof createRedirectServer>;
  const app = () => ({ ...site.app, log: createLog('silent', false) });
  const renew = () => renewCertificate(app(), config);
  const certificates = () => site.app.db.siteCertificate.findMany({ where: { host: HOST }, orderBy: { id: 'asc' } });
  const account = () => site.app.db.acmeAccount.findUniqueOrThrow({ where: { directory: config.directory } });

  beforeAll(async () => {
    httpPort = await findFreePort();
    pebble = await startPebble({ httpPort });
    config = { kind: 'acme', email: 'ops@example.test', directory: pebble.directory, host: HOST };
  });
  afterAll(() => pebble.stop());
  beforeEach(async () => {
    site = await createTestApp();
    const challenges = new AcmeChallenges(site.app.db);
    server = createRedirectServer({
      publicUrl: `https://${HOST}`,
      findChallenge: (token) => challenges.find(token),
    }).listen(httpPort, '127.0.0.1');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await site.close();
  });

  test('are ordered once by processes that start together, and readable by each', async () => {
    await Promise.all([renew(), renew(), renew()]);
    expect(await certificates()).toHaveLength(1);
    const { cert, key } = await createAcmeSource(site.app, config).read();
    expect(new X509Certificate(cert).subjectAltName).toBe(`DNS:${HOST}`);
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(await account()).toMatchObject({ failures: 0, lastFailure: null });
    // Answers are needed during the order only.
    expect(await site.app.db.acmeChallenge.count()).toBe(0);
  });

  test('are renewed when two thirds of their life are over, and not before', async () => {
    await renew();
    await renew();
    const [first] = await certificates();
    if (!first) throw new Error('no certificate');
    const lifeMs = first.expiresAt.getTime() - Date.now();
    expect((first.renewAt.getTime() - Date.now()) / lifeMs).toBeCloseTo(2 / 3, 2);
    const before = await createAcmeSource(site.app, config).mark();
    await site.app.db.siteCertificate.updateMany({ data: { renewAt: new Date() } });
    await renew();
    expect(await certificates()).toHaveLength(2);
    expect(await createAcmeSource(site.app, config).mark()).not.toBe(before);
    for (let i = 0; i < 2; i += 1) {
      await site.app.db.siteCertificate.updateMany({ data: { renewAt: new Date() } });
      await renew();
    }
    // Old ones aren't kept.
    expect(await certificates()).toHaveLength(2);
  });

  test('a failure is kept for the operator, and the next attempts come ever later', async () => {
    server.closeAllConnections();
    server.close();
    const pauses: number[] = [];
    for (let i = 0; i < 2; i += 1) {
      await renew();
      const { failures, lastFailure, nextAttemptAt } = await account();
      expect(failures).toBe(i + 1);
      expect(lastFailure).toMatch(/connection|connect|refused/i);
      pauses.push(Math.round((nextAttemptAt.getTime() - Date.now()) / 60_000));
      // Not due yet.
      await renew();
      expect((await account()).failures).toBe(i + 1);
      await site.app.db.acmeAccount.updateMany({ data: { nextAttemptAt: new Date() } });
    }
    expect(pauses).toEqual([15, 30]);
    expect(await certificates()).toEqual([]);
  });

  test('are ordered anew when their private keys are lost', async () => {
    await renew();
    const [first] = await certificates();
    const sealedKey = await site.app.secrets.seal('something else', 'key');
    await site.app.db.siteCertificate.updateMany({ data: { sealedKey } });
    await site.app.db.acmeAccount.updateMany({ data: { sealedKey } });
    // The account can't be used either, so the first attempt forgets it.
    await renew();
    await renew();
    const source = createAcmeSource(site.app, config);
    expect(await source.mark()).not.toBe(String(first?.id));
    expect((await source.read()).key).toContain('BEGIN PRIVATE KEY');
  });
});
