import { requireAllowed } from '#lib/access/authorize.ts';
import type { Caller } from '#lib/access/schema.ts';
import { recordChange } from '#lib/events/record-change.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { siteSettingsSchema, type SiteSettings, type SiteSettingsInput } from './schema.ts';
import { lockSiteSettings, type SiteSettingsCache } from './site-settings.ts';

export type UpdateSiteSettingsInput = { caller: Caller; settings: SiteSettingsInput };

/**
 * Changes the given settings and leaves the others.
 * @throws AppError `forbidden`, `invalid_input`
 */
export async function updateSiteSettings(
  app: { db: Db; siteSettings: SiteSettingsCache },
  { caller, settings }: UpdateSiteSettingsInput,
): Promise<void> {
  requireAllowed({ ...caller, action: 'vitrine:UpdateSite' });
  const data = parseInput(siteSettingsSchema.partial(), settings);
  await app.db.$transaction(async (tx) => {
    const before = await lockSiteSettings(tx);
    const changed = (Object.keys(data) as (keyof typeof data)[]).filter(
      (key) => toText(data[key]) !== toText(before[key]),
    );
    if (changed.length === 0) return;
    await tx.siteSettings.update({ where: { isOnly: true }, data });
    await recordChange(tx, {
      caller,
      type: 'site.update',
      resource: { name: 'settings' },
      before: pick(before, changed),
      after: pick(data, changed),
    });
  });
  await app.siteSettings.refresh();
}

type Value = SiteSettings[keyof SiteSettings] | undefined;

function toText(value: Value): string | null {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value instanceof Date ? value.toISOString() : (value ?? null);
}

function pick(settings: Partial<SiteSettings>, keys: (keyof SiteSettings)[]): Record<string, string | null> {
  return Object.fromEntries(keys.map((key) => [key, toText(settings[key])]));
}
