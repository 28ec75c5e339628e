'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { REGISTRIES } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { createRegistry } from '#lib/publishers/create-registry.ts';
import { makeRegistryDefault } from '#lib/publishers/make-registry-default.ts';
import type { RegistrySettings } from '#lib/publishers/schema.ts';
import { setBlobMounting } from '#lib/publishers/set-blob-mounting.ts';
import { updateRegistrySettings } from '#lib/publishers/update-registry-settings.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry. The use cases authorize the caller.

const mountingSchema = z.enum(['enabled', 'disabled'], { error: 'Choose enabled or disabled.' });

export async function createRegistryAction(_state: FormState, form: FormData): Promise<FormState> {
  const displayName = textOf(form, 'displayName');
  return change(form, (caller) => createRegistry(getApp(), { caller, displayName }));
}

export async function makeDefaultAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  return change(form, (caller) => makeRegistryDefault(getApp(), { caller, registryKey }));
}

export async function saveSettingsAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  // The use case refuses other values.
  const pushVisibility = textOf(form, 'pushVisibility') as RegistrySettings['pushVisibility'];
  const pushCreation = textOf(form, 'pushCreation') as RegistrySettings['pushCreation'];
  const settings = { pushVisibility, pushCreation };
  return change(form, (caller) => updateRegistrySettings(getApp(), { caller, registryKey, ...settings }));
}

export async function saveBlobMountingAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  return change(form, async (caller) => {
    const mountsBlobs = parseField('mountsBlobs', mountingSchema, textOf(form, 'mountsBlobs')) === 'enabled';
    await setBlobMounting(getApp(), { caller, registryKey, mountsBlobs });
  });
}

async function change(form: FormData, work: (caller: UserCaller) => Promise<unknown>): Promise<FormState> {
  const caller = await requireCaller(REGISTRIES);
  const result = await runAction(form, () => work(caller));
  if (!result.ok) return result;
  revalidatePath(REGISTRIES);
  return { ok: true, value: undefined };
}
