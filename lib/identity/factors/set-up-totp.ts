import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { StoredSecrets } from '#lib/keys/stored-secrets.ts';
import { countSignInAttempt, forgetSignInFailures } from '#lib/identity/sessions/limit-sign-in.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { addFactor, changeFactors } from './change-factors.ts';
import { createTotpSecret, findTotpStep, totpUrl } from './totp.ts';

type App = { db: Db; secrets: StoredSecrets };

const SETUP_MINUTES = 30;

/** Starts the set-up of an authenticator app, with a new secret each time. @throws AppError `forbidden`, `conflict`, `unavailable` */
export async function startTotp(app: App, { caller }: { caller: UserCaller }): Promise<void> {
  const { userId } = caller.principal;
  const sealedSecret = await app.secrets.seal(totpContext(userId), createTotpSecret());
  await changeFactors(app, caller, async (tx) => {
    if ((await tx.totpFactor.count({ where: { userId, confirmedAt: { not: null } } })) > 0) {
      throw new AppError('conflict', 'You already have an authenticator app. Remove it first.');
    }
    const data = { sealedSecret, createdAt: new Date(), lastStep: 0 };
    await tx.totpFactor.upsert({ where: { userId }, create: { userId, ...data }, update: data });
  });
}

/** Returns the secret of a set-up that isn't confirmed yet, to show it to its user. */
export async function findTotpSetup(
  app: App & { config: ServerConfig },
  { caller: { principal } }: { caller: UserCaller },
): Promise<{ secret: string; url: string } | null> {
  const { userId, email } = principal;
  const factor = await app.db.totpFactor.findFirst({ where: { userId, ...openSetup() } });
  if (!factor) return null;
  const secret = await openTotpSecret(app, factor);
  return { secret, url: totpUrl(secret, { site: new URL(app.config.publicUrl).host, email }) };
}

/**
 * Confirms that the app has the secret. From then on, sign-ins ask for a code.
 * @returns recovery codes if this is the user's first factor
 * @throws AppError `invalid_input`, `conflict`, `forbidden`, `rate_limited`
 */
export async function confirmTotp(
  app: App,
  { caller, code }: { caller: UserCaller; code: string },
): Promise<{ recoveryCodes: string[] | null }> {
  const { userId, email } = caller.principal;
  requireAllowed({ ...caller, action: 'vitrine:ChangeSignIn' });
  const attempt = { email, address: caller.context.address, step: 'second factor' } as const;
  await countSignInAttempt(app, attempt);
  const recoveryCodes = await changeFactors(app, caller, async (tx) => {
    const factor = await tx.totpFactor.findFirst({ where: { userId, ...openSetup() } });
    if (!factor) throw new AppError('conflict', 'This set-up has expired. Start again.');
    const { lastStep } = factor;
    const step = findTotpStep(await openTotpSecret(app, factor), { code, lastStep, now: new Date() });
    if (step === null) throw invalidField('code', "The code doesn't match. Check your device's clock and try again.");
    const codes = await addFactor(tx, caller, async () => {
      await tx.totpFactor.update({ where: { userId }, data: { lastStep: step, confirmedAt: new Date() } });
    });
    await recordChange(tx, { caller, type: 'factor.add-totp', resource: { name: email }, facts: { userId } });
    return codes;
  });
  await forgetSignInFailures(app, attempt);
  return { recoveryCodes };
}

/** @throws AppError as StoredSecrets.open */
export function openTotpSecret(
  app: { secrets: StoredSecrets },
  { userId, sealedSecret }: { userId: string; sealedSecret: Uint8Array },
): Promise<string> {
  return app.secrets.open(totpContext(userId), sealedSecret);
}

/** Binds a secret to its user. */
export function totpContext(userId: string): string {
  return `totp ${userId}`;
}

function openSetup() {
  return { confirmedAt: null, createdAt: { gt: new Date(Date.now() - SETUP_MINUTES * 60_000) } };
}
