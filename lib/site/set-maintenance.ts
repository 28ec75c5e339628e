import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { maintenanceSchema, type MaintenanceInput } from './schema.ts';
import { lockSiteSettings, type SiteSettingsCache } from './site-settings.ts';

/**
 * Makes the site read-only, or ends that. Requests in progress finish, and every process follows within a second.
 * @throws AppError `forbidden`, `invalid_input`
 */
export async function setMaintenance(
  app: { db: Db; siteSettings: SiteSettingsCache },
  { caller, maintenance }: { caller: Caller; maintenance: MaintenanceInput },
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:UpdateSite' });
  const { isReadOnly, note } = parseInput(maintenanceSchema, maintenance);
  await app.db.$transaction(async (tx) => {
    const before = await lockSiteSettings(tx);
    const wasReadOnly = before.maintenanceSince !== null;
    const newNote = isReadOnly ? note : '';
    if (wasReadOnly === isReadOnly && before.maintenanceNote === newNote) return;
    const since = isReadOnly ? (before.maintenanceSince ?? new Date()) : null;
    await tx.siteSettings.update({
      where: { isOnly: true },
      data: { maintenanceSince: since, maintenanceNote: newNote },
    });
    await recordChange(tx, {
      caller,
      type: 'site.set-maintenance',
      resource: { name: 'maintenance' },
      before: { isReadOnly: wasReadOnly, note: before.maintenanceNote },
      after: { isReadOnly, note: newNote },
    });
  });
  await app.siteSettings.refresh();
}
