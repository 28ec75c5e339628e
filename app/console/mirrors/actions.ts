'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { MIRRORS } from '#components/links.ts';
import type { MirrorResult } from '#components/mirrors/mirror-form.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { checkMirror, type MirrorCheck } from '#lib/upstream/mirrors/check-mirror.ts';
import { deleteUpstream } from '#lib/upstream/mirrors/delete-upstream.ts';
import { mirrorRegistry, stopMirroringRegistry } from '#lib/upstream/mirrors/mirror-registry.ts';
import { mirrorRepository } from '#lib/upstream/mirrors/mirror-repository.ts';
import { pinMirror } from '#lib/upstream/mirrors/pin-mirror.ts';
import { updateUpstream } from '#lib/upstream/mirrors/update-upstream.ts';
import { removeMirror } from '#lib/upstream/mirrors/remove-mirror.ts';
import { parseBound, parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { readSettings } from './read-settings.ts';

// The page binds each action to what it changes. The use cases authorise the caller.

/** Checks the upstream immediately, so that the user sees whether it works. */
export async function mirrorAction(
  alias: string,
  _state: FormState<MirrorResult>,
  form: FormData,
): Promise<FormState<MirrorResult>> {
  const name = textOf(form, 'name').trim();
  const upstream = readSettings(form, { isEdit: textOf(form, 'isEdit') !== '' });
  const upstreamName = textOf(form, 'upstreamName');
  const fullName = `${alias}/${name}`;
  return change(form, async (caller) => {
    await mirrorRepository(getApp(), { caller, alias, name, upstream, upstreamName });
    return { fullName, name, ...(await checkMirror(getApp(), { caller, fullName })) };
  });
}

export async function checkAction(
  bound: string,
  _state: FormState<MirrorCheck>,
  form: FormData,
): Promise<FormState<MirrorCheck>> {
  const fullName = parseBound(z.string(), bound);
  return change(form, (caller) => checkMirror(getApp(), { caller, fullName }));
}

export async function pinAction(
  bound: { fullName: string; isPinned: boolean },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { fullName, isPinned } = parseBound(z.object({ fullName: z.string(), isPinned: z.boolean() }), bound);
  return change(form, async (caller) => void (await pinMirror(getApp(), { caller, fullName, isPinned })));
}

export async function removeMirrorAction(bound: string, _state: FormState, form: FormData): Promise<FormState> {
  const fullName = parseBound(z.string(), bound);
  return change(form, async (caller) => void (await removeMirror(getApp(), { caller, fullName })));
}

type BoundUpstream = { registryKey: bigint; host: string };

export async function saveUpstreamAction(bound: BoundUpstream, _state: FormState, form: FormData): Promise<FormState> {
  const { registryKey, host } = parseUpstream(bound);
  const upstream = { ...readSettings(form, { isEdit: true }), host };
  return change(form, async (caller) => void (await updateUpstream(getApp(), { caller, registryKey, upstream })));
}

export async function forgetAction(bound: BoundUpstream, _state: FormState, form: FormData): Promise<FormState> {
  const upstream = parseUpstream(bound);
  return change(form, async (caller) => void (await deleteUpstream(getApp(), { caller, ...upstream })));
}

function parseUpstream({ registryKey, host }: BoundUpstream): BoundUpstream {
  return { registryKey: parseBoundKey(registryKey), host: parseBound(z.string(), host) };
}

export async function mirrorRegistryAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  // A different host has settings of its own.
  const isEdit = textOf(form, 'editedHost') === textOf(form, 'host').trim();
  const upstream = readSettings(form, { isEdit });
  const prefix = textOf(form, 'prefix');
  return change(
    form,
    async (caller) => void (await mirrorRegistry(getApp(), { caller, registryKey, upstream, prefix })),
  );
}

export async function stopAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  return change(form, async (caller) => void (await stopMirroringRegistry(getApp(), { caller, registryKey })));
}

async function change<Value>(form: FormData, work: (caller: UserCaller) => Promise<Value>): Promise<FormState<Value>> {
  const caller = await requireCaller(MIRRORS);
  const result = await runAction(form, () => work(caller));
  // Also after a refusal, because the upstream may have been contacted.
  revalidatePath(MIRRORS);
  return result;
}
