import { requireAllowed } from '#lib/access/authorize.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { IS_PERSON } from '#lib/identity/accounts/people.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import type { SiteSettingsCache } from '#lib/site/site-settings.ts';

export type SetupProgress = {
  isNamed: boolean;
  hasContent: boolean;
  hasPeople: boolean;
  /** Beyond the names that every site reserves. */
  hasReservedNames: boolean;
};

/** Sources of the entries that every site starts with (lib/aliases/reserved/install-reserved-names.ts). */
const INSTALLED = ['starter list', 'site routes'];

/** @throws AppError `forbidden` */
export async function readSetupSteps(
  { db, siteSettings }: { db: Db; siteSettings: SiteSettingsCache },
  { caller }: { caller: UserCaller },
): Promise<SetupProgress> {
  requireAllowed({ ...caller, action: 'vitrine:ReadSite' });
  const [{ name }, repository, person, invitation, reserved] = await Promise.all([
    siteSettings.read(),
    db.repository.findFirst({
      where: { registryKey: NOT_DELETED, OR: [{ lastPushedAt: { not: null } }, { upstreamId: { not: null } }] },
      select: { id: true },
    }),
    db.user.findFirst({ where: { id: { not: caller.principal.userId }, ...IS_PERSON }, select: { id: true } }),
    db.invitation.findFirst({ select: { id: true } }),
    db.reservedName.findFirst({ where: { source: { notIn: INSTALLED } }, select: { id: true } }),
  ]);
  return {
    isNamed: name !== '',
    hasContent: repository !== null,
    hasPeople: person !== null || invitation !== null,
    hasReservedNames: reserved !== null,
  };
}
