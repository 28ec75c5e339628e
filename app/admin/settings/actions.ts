'use server';

import { revalidatePath } from 'next/cache';
import type { FormState } from '#components/forms/form-state.ts';
import { HOME } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { setHomePicks } from '#lib/gallery/home/set-home-picks.ts';
import { setSiteLogo } from '#lib/publishers/logos/set-site-logo.ts';
import type { BannerLevel } from '#lib/site/schema.ts';
import { setMaintenance } from '#lib/site/set-maintenance.ts';
import { updateSiteSettings } from '#lib/site/update-site-settings.ts';
import { runLogoAction, type LogoState } from '../../_lib/actions/logo-action.ts';
import { runAction, runOpenAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireAdmin } from '../../_lib/session/staff.ts';

export async function saveSettings(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const settings = {
    name: textOf(form, 'name'),
    description: textOf(form, 'description'),
    accent: textOf(form, 'accent'),
    contact: textOf(form, 'contact'),
    termsUrl: textOf(form, 'termsUrl'),
    privacyUrl: textOf(form, 'privacyUrl'),
    bannerText: textOf(form, 'bannerText'),
    bannerLevel: textOf(form, 'bannerLevel') as BannerLevel,
    bannerUrl: textOf(form, 'bannerUrl'),
    bannerUntil: textOf(form, 'bannerUntil'),
  };
  const result = await runAction(form, () => updateSiteSettings(getApp(), { caller, settings }));
  if (!result.ok) return result;
  revalidateSite();
  return { ok: true, value: undefined };
}

export async function saveStaffFactor(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const settings = { staffNeedFactor: textOf(form, 'staffNeedFactor') === '1' };
  const result = await runAction(form, () => updateSiteSettings(getApp(), { caller, settings }));
  if (!result.ok) return result;
  revalidateSite();
  return { ok: true, value: undefined };
}

export async function saveMaintenance(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const maintenance = { isReadOnly: textOf(form, 'isReadOnly') === '1', note: textOf(form, 'note') };
  const result = await runOpenAction(form, () => setMaintenance(getApp(), { caller, maintenance }));
  if (!result.ok) return result;
  revalidateSite();
  return { ok: true, value: undefined };
}

export async function saveLogo(_state: LogoState, form: FormData): Promise<LogoState> {
  const caller = await requireAdmin();
  const state = await runLogoAction(form, (image) => setSiteLogo(getApp(), { caller, image }));
  if (state?.ok) revalidateSite();
  return state;
}

/** Every page shows the settings. */
function revalidateSite(): void {
  revalidatePath(HOME, 'layout');
}

export async function savePicks(_state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const picks = textOf(form, 'picks').split(/\s+/).filter(Boolean);
  const result = await runAction(form, () => setHomePicks(getApp(), { caller, picks }));
  if (!result.ok) return result;
  revalidatePath(HOME);
  return { ok: true, value: undefined };
}
