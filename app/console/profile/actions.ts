'use server';

import { revalidatePath } from 'next/cache';
import { PROFILE } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import { MAX_PINS, type BannerColour } from '#lib/publishers/schema.ts';
import { setRegistryLogo } from '#lib/publishers/logos/set-registry-logo.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runLogoAction, type LogoState } from '../../_lib/actions/logo-action.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry. The use cases authorize the caller.

export async function saveRegistryProfile(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  const caller = await requireCaller(PROFILE);
  const changes = {
    displayName: textOf(form, 'displayName'),
    bio: textOf(form, 'bio'),
    website: textOf(form, 'website'),
    sourceUrl: textOf(form, 'sourceUrl'),
    contact: textOf(form, 'contact'),
    // The use case refuses other colours.
    bannerColour: textOf(form, 'bannerColour') as BannerColour | '',
    pins: Array.from({ length: MAX_PINS }, (_, i) => textOf(form, `pin${i + 1}`)),
  };
  const result = await runAction(form, () => updateRegistryProfile(getApp(), { caller, registryKey, ...changes }));
  if (!result.ok) return result;
  revalidatePath(PROFILE);
  return { ok: true, value: undefined };
}

export async function setRegistryLogoAction(bound: bigint, _state: LogoState, form: FormData): Promise<LogoState> {
  const registryKey = parseBoundKey(bound);
  const caller = await requireCaller(PROFILE);
  const result = await runLogoAction(form, (image) => setRegistryLogo(getApp(), { caller, registryKey, image }));
  if (result?.ok) revalidatePath(PROFILE);
  return result;
}
