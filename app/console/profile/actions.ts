'use server';

import { revalidatePath } from 'next/cache';
import { PROFILE } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { setRegistryLogo } from '#lib/publishers/logos/set-registry-logo.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { runLogoAction, type LogoState } from '../../_lib/actions/logo-action.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry. The use cases authorize the caller.

export async function saveRegistryProfile(registryKey: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireCaller(PROFILE);
  const displayName = textOf(form, 'displayName');
  const result = await runAction(form, () => updateRegistryProfile(getApp(), { caller, registryKey, displayName }));
  if (!result.ok) return result;
  revalidatePath(PROFILE);
  return { ok: true, value: undefined };
}

export async function setRegistryLogoAction(
  registryKey: bigint,
  _state: LogoState,
  form: FormData,
): Promise<LogoState> {
  const caller = await requireCaller(PROFILE);
  const result = await runLogoAction(form, (image) => setRegistryLogo(getApp(), { caller, registryKey, image }));
  if (result?.ok) revalidatePath(PROFILE);
  return result;
}
