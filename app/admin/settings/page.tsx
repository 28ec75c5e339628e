import type { ReactNode } from 'react';
import { MaintenanceForm } from '#components/admin/maintenance-form.tsx';
import { PicksForm } from '#components/admin/picks-form.tsx';
import { StaffFactorForm } from '#components/admin/staff-factor-form.tsx';
import { SiteSettingsForm } from '#components/admin/site-settings-form.tsx';
import { LogoForm } from '#components/console/logo-form.tsx';
import { SITE_SETTINGS } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { listHomePicks, MAX_HOME_PICKS } from '#lib/gallery/home/set-home-picks.ts';
import { siteName } from '#lib/site/schema.ts';
import { AdminPage } from '../../_lib/frames/admin-page.tsx';
import { adminMetadata, requireAdmin } from '../../_lib/session/staff.ts';
import { saveLogo, saveMaintenance, savePicks, saveSettings, saveStaffFactor } from './actions.ts';

export const generateMetadata = () => adminMetadata('Settings');

export default async function SiteSettingsPage() {
  await requireAdmin();
  const settings = await getApp().siteSettings.read();
  const { bannerUntil, accent, maintenanceSince, maintenanceNote, ...texts } = settings;
  return (
    <AdminPage at={SITE_SETTINGS}>
      <h1 className="mb-1 text-xl font-semibold">Settings</h1>
      <p className="mb-6 max-w-2xl text-muted">
        How the site presents itself. Settings of the process, such as its address and mail server, are environment
        variables.
      </p>
      <div className="flex flex-col gap-10">
        <SiteSettingsForm
          action={saveSettings}
          saved={{ ...texts, accent: accent ?? '', bannerUntil: bannerUntil ? lastDayOf(bannerUntil) : '' }}
        />
        <Section title="Logo">
          <p className="mb-3 text-muted">Shown in the header of every page.</p>
          <LogoForm action={saveLogo} logoId={settings.logoId} tileName={siteName(settings)} />
        </Section>
        <Section title="Picks">
          <p className="mb-3 text-muted">Repositories that the home page shows first.</p>
          <PicksForm action={savePicks} max={MAX_HOME_PICKS} picks={await listHomePicks(getApp())} />
        </Section>
        <Section title="Maintenance">
          <p className="mb-3 text-muted">
            While the site is read-only, pulls and pages go on. Pushes and other changes are refused, and background
            jobs that change content wait.
          </p>
          <MaintenanceForm action={saveMaintenance} isReadOnly={maintenanceSince !== null} note={maintenanceNote} />
        </Section>
        <Section title="Sign-in">
          <StaffFactorForm action={saveStaffFactor} isRequired={settings.staffNeedFactor} />
        </Section>
      </div>
    </AdminPage>
  );
}

/** The last whole day, in UTC, before the banner disappears. */
function lastDayOf(until: Date): string {
  return new Date(until.getTime() - 1).toISOString().slice(0, 10);
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="max-w-2xl">
      <h2 className="mb-1 text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}
