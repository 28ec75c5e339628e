import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import type { FairLimiter } from '#lib/platform/concurrency/fair-limiter.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { lockSiteSettings, type SiteSettingsCache } from '#lib/site/site-settings.ts';
import { encodeLogo } from './encode-logo.ts';
import { deleteUnusedLogo, storeLogo } from './logo-store.ts';

/**
 * Sets the site's logo and returns its id. A null image removes it.
 * @throws AppError `forbidden`, `invalid_input`, `too_large`, `rate_limited`
 */
export async function setSiteLogo(
  app: { db: Db; logoLimiter: FairLimiter; siteSettings: SiteSettingsCache },
  { caller, image }: { caller: UserCaller; image: Buffer | null },
): Promise<string | null> {
  requireAllowed({ ...caller, action: 'vitrine:UpdateSite' });
  const encoded = image && (await encodeLogo(app, image, caller.principal.userId));
  const logoId = await app.db.$transaction(async (tx) => {
    const stored = await storeLogo(tx, encoded);
    const before = await lockSiteSettings(tx);
    if (before.logoId === stored) return stored;
    await tx.siteSettings.update({ where: { isOnly: true }, data: { logoId: stored } });
    await deleteUnusedLogo(tx, before.logoId);
    await recordChange(tx, {
      caller,
      type: 'site.set-logo',
      resource: { name: 'settings' },
      before: { logo: before.logoId },
      after: { logo: stored },
    });
    return stored;
  });
  await app.siteSettings.refresh();
  return logoId;
}
