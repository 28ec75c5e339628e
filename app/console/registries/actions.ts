'use server';

import { revalidatePath } from 'next/cache';
import type { FormState } from '#components/forms/form-state.ts';
import { REGISTRIES } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { createRegistry } from '#lib/publishers/create-registry.ts';
import { makeRegistryDefault } from '#lib/publishers/make-registry-default.ts';
import type { RegistrySettings } from '#lib/publishers/schema.ts';
import { updateRegistrySettings } from '#lib/publishers/update-registry-settings.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry. The use cases authorize the caller.

export async function createRegistryAction(_state: FormState, form: FormData): Promise<FormState> {
  const displayName = textOf(form, 'displayName');
  return change(form, (caller) => createRegistry(getApp(), { caller, displayName }));
}

export async function makeDefaultAction(registryKey: bigint, _state: FormState, form: FormData): Promise<FormState> {
  return change(form, (caller) => makeRegistryDefault(getApp(), { caller, registryKey }));
}

export async function saveSettingsAction(registryKey: bigint, _state: FormState, form: FormData): Promise<FormState> {
  // The use case refuses other values.
  const pushVisibility = textOf(form, 'pushVisibility') as RegistrySettings['pushVisibility'];
  return change(form, (caller) => updateRegistrySettings(getApp(), { caller, registryKey, pushVisibility }));
}

async function change(form: FormData, work: (caller: UserCaller) => Promise<unknown>): Promise<FormState> {
  const caller = await requireCaller(REGISTRIES);
  const result = await runAction(form, () => work(caller));
  if (!result.ok) return result;
  revalidatePath(REGISTRIES);
  return { ok: true, value: undefined };
}
