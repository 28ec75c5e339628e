'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { NewAccessKey } from '#components/access-keys/create-access-key-form.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { ACCESS_KEYS } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { createAccessKey } from '#lib/identity/access-keys/create-access-key.ts';
import { deleteAccessKey } from '#lib/identity/access-keys/delete-access-key.ts';
import { switchAccessKey } from '#lib/identity/access-keys/switch-access-key.ts';
import { parseBound, parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runAction } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry. The use cases authorize the caller.

type Named = { registryKey: bigint; accessKeyId: string };

export async function createAccessKeyAction(
  bound: bigint,
  _state: FormState<NewAccessKey>,
  form: FormData,
): Promise<FormState<NewAccessKey>> {
  const registryKey = parseBoundKey(bound);
  const caller = await requireCaller(ACCESS_KEYS);
  const result = await runAction(form, () => createAccessKey(getApp(), { caller, registryKey }));
  if (!result.ok) return result;
  revalidatePath(ACCESS_KEYS);
  const { accessKeyId, secretAccessKey } = result.value;
  return { ok: true, value: { accessKeyId, secretAccessKey } };
}

/** Bound to the new state, so that a stale page can't undo another member's change. */
export async function switchAccessKeyAction(
  bound: Named & { isEnabled: boolean },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const change = { ...parseKey(bound), isEnabled: parseBound(z.boolean(), bound.isEnabled) };
  const caller = await requireCaller(ACCESS_KEYS);
  const result = await runAction(form, () => switchAccessKey(getApp(), { caller, ...change }));
  revalidatePath(ACCESS_KEYS);
  return result.ok ? { ok: true, value: undefined } : result;
}

export async function deleteAccessKeyAction(bound: Named, _state: FormState, form: FormData): Promise<FormState> {
  const named = parseKey(bound);
  const caller = await requireCaller(ACCESS_KEYS);
  const result = await runAction(form, () => deleteAccessKey(getApp(), { caller, ...named }));
  revalidatePath(ACCESS_KEYS);
  return result.ok ? { ok: true, value: undefined } : result;
}

function parseKey({ registryKey, accessKeyId }: Named): Named {
  return { registryKey: parseBoundKey(registryKey), accessKeyId: parseBound(z.string(), accessKeyId) };
}
