// Maintenance mode: the site is read-only. Pulls and pages go on, writes are refused at every edge, and jobs that change
// content wait. Signing in and out still works, and so does the operator's command line.
import { AppError } from '#lib/platform/errors.ts';
import type { SiteSettings } from './schema.ts';
import type { SiteSettingsCache } from './site-settings.ts';

/** A guess that keeps clients from asking all the time. */
const RETRY_SECONDS = 60;

export type Maintenance = {
  /** Null: the site takes writes. */
  since: Date | null;
  /** What visitors are told beside. Empty for nothing. */
  note: string;
};

export type MaintenanceApp = { siteSettings: Pick<SiteSettingsCache, 'read'> };

export function maintenanceOf({ maintenanceSince, maintenanceNote }: SiteSettings): Maintenance {
  return { since: maintenanceSince, note: maintenanceNote };
}

export async function isReadOnly({ siteSettings }: MaintenanceApp): Promise<boolean> {
  return (await siteSettings.read()).maintenanceSince !== null;
}

/** @throws AppError `read_only` during maintenance */
export async function requireWritable({ siteSettings }: MaintenanceApp): Promise<void> {
  const { since, note } = maintenanceOf(await siteSettings.read());
  if (since !== null) throw readOnly(note);
}

function readOnly(note: string): AppError {
  const sentence = 'This site is read-only for maintenance. Pulls still work. Try again later.';
  return new AppError('read_only', note === '' ? sentence : `${sentence} ${note}`, {
    retryAfterSeconds: RETRY_SECONDS,
  });
}
