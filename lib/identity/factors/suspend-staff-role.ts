import type { UserPrincipal } from '#lib/access/schema.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { hasFactor } from './factor-queries.ts';

/**
 * Takes away the staff role of a user without a second factor while the site requires one. Reads the setting from the
 * database, because remembered settings may be a second old.
 */
export async function suspendStaffRole(app: { db: DbOrTx }, principal: UserPrincipal): Promise<UserPrincipal> {
  if (principal.siteRole === 'user') return principal;
  const settings = await app.db.siteSettings.findFirst({ select: { staffNeedFactor: true } });
  if (!settings?.staffNeedFactor || (await hasFactor(app.db, principal.userId))) return principal;
  return { ...principal, siteRole: 'user', isFactorMissing: true };
}
