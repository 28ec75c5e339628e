'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { IDENTITY_PROVIDERS, CONSOLE_ROLES } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { addIdentityProvider } from '#lib/publishers/identity-providers/add-identity-provider.ts';
import { removeIdentityProvider } from '#lib/publishers/identity-providers/remove-identity-provider.ts';
import { parseBound, parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry. The use cases authorize the caller.

export async function addProviderAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  const caller = await requireCaller(IDENTITY_PROVIDERS);
  const provider = {
    issuer: textOf(form, 'issuer').trim(),
    audiences: textOf(form, 'audiences')
      .split(/\r?\n/)
      .filter((line) => line.trim() !== ''),
    keySet: textOf(form, 'keySet').trim() || null,
  };
  const result = await runAction(form, () => addIdentityProvider(getApp(), { caller, registryKey, ...provider }));
  if (!result.ok) return result;
  revalidatePath(IDENTITY_PROVIDERS);
  return { ok: true, value: undefined };
}

export async function removeProviderAction(
  bound: { registryKey: bigint; issuer: string },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const registryKey = parseBoundKey(bound.registryKey);
  const issuer = parseBound(z.string(), bound.issuer);
  const caller = await requireCaller(IDENTITY_PROVIDERS);
  const result = await runAction(form, () => removeIdentityProvider(getApp(), { caller, registryKey, issuer }));
  if (!result.ok) return result;
  revalidatePath(IDENTITY_PROVIDERS);
  return { ok: true, value: undefined };
}

/** Adds the provider that a preset of a trust policy needs. `query`: of the page with the preset. */
export async function addNeededProviderAction(
  bound: { registryKey: bigint; issuer: string; audiences: string[]; query: string },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const registryKey = parseBoundKey(bound.registryKey);
  const { issuer, audiences, query } = parseBound(neededSchema, bound);
  const caller = await requireCaller(CONSOLE_ROLES);
  const provider = { issuer, audiences };
  const result = await runAction(form, () => addIdentityProvider(getApp(), { caller, registryKey, ...provider }));
  if (!result.ok) return result;
  redirect(`${CONSOLE_ROLES}?${query}#new-role`);
}

const neededSchema = z.object({ issuer: z.string(), audiences: z.array(z.string()), query: z.string() });
