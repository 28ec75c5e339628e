import sharp from 'sharp';
import { grantAlias } from '#lib/aliases/grant-alias.ts';
import type { App } from '#lib/app.ts';
import { NO_REQUEST, SYSTEM_CALLER, type UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { insertUser, toUserPrincipal } from '#lib/identity/accounts/store.ts';
import { ensureRegistry } from '#lib/publishers/ensure-registry.ts';
import { setRegistryLogo } from '#lib/publishers/logos/set-registry-logo.ts';
import type { DemoPublisher } from '../demo-types.ts';

/** Demo accounts have no password and can't sign in; their addresses can't receive mail. */
export const DEMO_EMAIL_DOMAIN = 'demo.vitrine.localhost';

export type AddedPublisher = { publisher: DemoPublisher; caller: UserCaller; registryKey: bigint };

export async function addDemoPublisher(app: App, publisher: DemoPublisher): Promise<AddedPublisher> {
  const { alias, displayName, verifiedBecause, logo } = publisher;
  const email = `${alias}@${DEMO_EMAIL_DOMAIN}`;
  const user = await insertUser(app.db, { email, displayName, passwordHash: null, role: 'user', isEmailProven: false });
  const caller: UserCaller = { principal: toUserPrincipal(user, null), context: NO_REQUEST };
  const registryKey = await ensureRegistry(app, { caller });
  await app.db.registry.update({ where: { id: registryKey }, data: { isDemo: true } });
  await grantAlias(app, { caller: SYSTEM_CALLER, registryKey, name: alias, makePrimary: true });
  await setRegistryLogo(app, { caller, registryKey, image: await drawLogo(logo) });
  if (verifiedBecause !== null) await verify(app, registryKey, verifiedBecause);
  return { publisher, caller, registryKey };
}

/** Uploads are pixels, because SVG may contain scripts. */
export function drawLogo(svg: string): Promise<Buffer> {
  return sharp(Buffer.from(svg)).resize(160, 160).png().toBuffer();
}

/** Verified by the system, because no admin has decided. */
async function verify({ db }: App, registryKey: bigint, note: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const after = { verifiedBy: 'decision', verifiedNote: note };
    const { registryId } = await tx.registry.update({
      where: { id: registryKey },
      data: { verifiedAt: new Date(), ...after },
    });
    await recordChange(tx, {
      type: 'registry.verify',
      caller: SYSTEM_CALLER,
      registryKey,
      resource: { name: registryId },
      before: { verifiedBy: null, verifiedNote: null },
      after,
    });
  });
}
