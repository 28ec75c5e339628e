// Gets the site's certificate from an ACME server (RFC 8555) by http-01, and renews it after two thirds of its life.
import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateConfig } from '#lib/platform/config/listener-config.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { isOutage } from '#lib/keys/services/key-service.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { toOneLine } from '#lib/platform/one-line.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import type { Log } from '#lib/platform/log.ts';
import { MAX_CHALLENGE_AGE_MS } from './acme-challenges.ts';

export type AcmeConfig = Extract<CertificateConfig, { kind: 'acme' }>;
type CertificateApp = { db: Db; secrets: StoredSecrets; log: Log };
type Account = { directory: string; key: string; failures: number };

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Longer than an order takes. Another process may try again if this one dies. */
const ORDER_MS = 10 * MINUTE_MS;
/** Let's Encrypt allows five failures an hour. */
const LONGEST_PAUSE_MS = 24 * HOUR_MS;
const MAX_FAILURE_LENGTH = 500;
/** Certificates of a host that are kept, so that a process in between two reads finds its own. */
const KEPT = 2;

/**
 * Orders a certificate if the site needs one now. Of several processes, one orders. A failed order is logged and tried again
 * later, at ever longer intervals.
 */
export async function renewCertificate(app: CertificateApp, config: AcmeConfig): Promise<void> {
  if (!(await isDue(app, config))) return;
  const account = await claimAttempt(app, config);
  if (!account) return;
  try {
    await saveCertificate(app, config, await order(app, config, account));
    await app.db.acmeAccount.update({
      where: { directory: config.directory },
      data: { failures: 0, lastFailure: null, nextAttemptAt: new Date() },
    });
    app.log.info({ host: config.host }, 'got a certificate');
  } catch (error) {
    await recordFailure(app, account, error);
  }
}

/** A certificate whose key can't be decrypted any more is replaced. */
async function isDue({ db, secrets }: CertificateApp, { host }: AcmeConfig): Promise<boolean> {
  const last = await db.siteCertificate.findFirst({ where: { host }, orderBy: { id: 'desc' } });
  if (!last || last.renewAt <= new Date()) return true;
  return (await readKey(secrets, certificateOf(host), last)) === null;
}

/**
 * Resolves to null if the key is lost.
 * @throws whatever says nothing about the key, such as an outage of the database or the key service
 */
async function readKey(secrets: StoredSecrets, owner: string, { sealedKey }: { sealedKey: Uint8Array }) {
  try {
    return await secrets.open(owner, sealedKey);
  } catch (error) {
    if (!isAppError(error) || isOutage(error)) throw error;
    return null;
  }
}

/** Resolves to null if another process orders, or a failed order was too recent. */
async function claimAttempt(app: CertificateApp, { directory }: AcmeConfig): Promise<Account | null> {
  const { db, secrets } = app;
  const owner = accountOf(directory);
  const known = await db.acmeAccount.findUnique({ where: { directory } });
  if (!known) {
    const { crypto } = await import('acme-client');
    const key = (await crypto.createPrivateEcdsaKey()).toString();
    await db.acmeAccount.createMany({
      data: { directory, sealedKey: await secrets.seal(owner, key) },
      skipDuplicates: true,
    });
  }
  const now = new Date();
  const { count } = await db.acmeAccount.updateMany({
    where: { directory, nextAttemptAt: { lte: now } },
    data: { nextAttemptAt: new Date(now.getTime() + ORDER_MS) },
  });
  if (count === 0) return null;
  const row = await db.acmeAccount.findUniqueOrThrow({ where: { directory } });
  const key = await readKey(secrets, owner, row);
  if (key !== null) return { directory, key, failures: row.failures };
  // Nobody can use the account any more, so the next attempt makes another.
  await db.acmeAccount.delete({ where: { directory } });
  return null;
}

async function order({ db }: CertificateApp, { host, email }: AcmeConfig, { directory, key }: Account) {
  // Loading it takes a moment, which other sites are spared.
  const { Client, crypto } = await import('acme-client');
  const client = new Client({ directoryUrl: directory, accountKey: key });
  const [privateKey, csr] = await crypto.createCsr({ altNames: [host] }, await crypto.createPrivateEcdsaKey());
  const chain = await client.auto({
    csr,
    email,
    termsOfServiceAgreed: true,
    challengePriority: ['http-01'],
    // This machine may not reach its own public address.
    skipChallengeVerification: true,
    challengeCreateFn: async (_authorization, { token }, answer) => {
      await db.acmeChallenge.upsert({ where: { token }, create: { token, answer }, update: { answer } });
      // From then on, every process answers.
      await sleep(MAX_CHALLENGE_AGE_MS);
    },
    challengeRemoveFn: async (_authorization, { token }) => {
      await db.acmeChallenge.deleteMany({ where: { token } });
    },
  });
  return { chain, key: privateKey.toString() };
}

async function saveCertificate(
  { db, secrets }: CertificateApp,
  { host }: AcmeConfig,
  { chain, key }: { chain: string; key: string },
): Promise<void> {
  const { validFromDate, validToDate } = new X509Certificate(chain);
  const lifeMs = validToDate.getTime() - validFromDate.getTime();
  const created = await db.siteCertificate.create({
    data: {
      host,
      chain,
      sealedKey: await secrets.seal(certificateOf(host), key),
      renewAt: new Date(validFromDate.getTime() + (lifeMs * 2) / 3),
      expiresAt: validToDate,
    },
  });
  const old = await db.siteCertificate.findFirst({ where: { host }, orderBy: { id: 'desc' }, skip: KEPT });
  if (old) await db.siteCertificate.deleteMany({ where: { host, id: { lte: old.id, lt: created.id } } });
  const stale = new Date(Date.now() - 24 * HOUR_MS);
  await db.acmeChallenge.deleteMany({ where: { createdAt: { lt: stale } } });
}

async function recordFailure({ db, log }: CertificateApp, { directory, failures }: Account, error: unknown) {
  const pauseMs = Math.min((HOUR_MS / 4) * 2 ** failures, LONGEST_PAUSE_MS);
  const reason = toOneLine(error instanceof Error ? error.message : String(error)).slice(0, MAX_FAILURE_LENGTH);
  await db.acmeAccount.updateMany({
    where: { directory },
    data: { failures: failures + 1, lastFailure: reason, nextAttemptAt: new Date(Date.now() + pauseMs) },
  });
  log.error({ err: error, nextAttemptInMinutes: pauseMs / MINUTE_MS }, 'no certificate from the ACME server');
}

function accountOf(directory: string): string {
  return `ACME account ${directory}`;
}

export function certificateOf(host: string): string {
  return `certificate ${host}`;
}
