'use server';

import { revalidatePath } from 'next/cache';
import { ADMIN_REGISTRIES } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { verifyPublisher, type VerifyPublisherInput } from '#lib/publishers/verification/verify-publisher.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { findRegistry } from '#lib/repositories/find-repository.ts';
import { setRegistryLogo } from '#lib/publishers/logos/set-registry-logo.ts';
import { EMPTY_PROFILE } from '#lib/publishers/schema.ts';
import { updateRegistryProfile } from '#lib/publishers/update-registry-profile.ts';
import { setRegistryQuota } from '#lib/publishers/set-registry-quota.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireAdmin } from '../../_lib/session/staff.ts';

// The page binds each action to its registry.

type Seen = { registryId: string; displayName: string };

export async function verify(seen: Seen, _state: FormState, form: FormData): Promise<FormState> {
  return decide({ ...seen, reason: textOf(form, 'reason') }, form);
}

export async function unverify(registryId: string, _state: FormState, form: FormData): Promise<FormState> {
  return decide({ registryId, reason: null }, form);
}

/** Removes a logo. The registry's managers may set another. */
export async function removeLogo(registryId: string, _state: FormState, form: FormData): Promise<FormState> {
  return changeRegistry(registryId, form, (change) => setRegistryLogo(getApp(), { ...change, image: null }));
}

/** Removes the bio, links, banner and pins. The registry's managers may set others. */
export async function clearProfile(registryId: string, _state: FormState, form: FormData): Promise<FormState> {
  return changeRegistry(registryId, form, (change) => updateRegistryProfile(getApp(), { ...change, ...EMPTY_PROFILE }));
}

export async function setQuota(registryId: string, _state: FormState, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const result = await runAction(form, () =>
    setRegistryQuota(getApp(), { caller, registryId, quota: textOf(form, 'quota') }),
  );
  if (!result.ok) return result;
  revalidatePath(ADMIN_REGISTRIES);
  return { ok: true, value: undefined };
}

async function decide(decision: Omit<VerifyPublisherInput, 'caller'>, form: FormData): Promise<FormState> {
  const caller = await requireAdmin();
  const result = await runAction(form, () => verifyPublisher(getApp(), { caller, ...decision }));
  if (!result.ok) return result;
  revalidatePath(ADMIN_REGISTRIES);
  return { ok: true, value: undefined };
}

type RegistryChange = (change: { caller: UserCaller; registryKey: bigint }) => Promise<unknown>;

async function changeRegistry(registryId: string, form: FormData, change: RegistryChange): Promise<FormState> {
  const caller = await requireAdmin();
  const result = await runAction(form, async () => {
    const registry = await findRegistry(getApp(), registryId);
    if (registry) await change({ caller, registryKey: registry.id });
  });
  if (!result.ok) return result;
  revalidatePath(ADMIN_REGISTRIES);
  return { ok: true, value: undefined };
}
