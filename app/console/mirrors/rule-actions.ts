'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { MIRRORS } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import type { MirrorCheck } from '#lib/upstream/mirrors/check-mirror.ts';
import { checkOwnRule } from '#lib/upstream/rules/check-own-rule.ts';
import { createRule } from '#lib/upstream/rules/create-rule.ts';
import { deleteRule } from '#lib/upstream/rules/delete-rule.ts';
import { parseBound, parseBoundKey } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';
import { readSettings } from './read-settings.ts';

// The page binds each action to its registry or rule. The use cases authorize the caller.

type BoundRule = { registryKey: bigint; prefix: string };

export async function createRuleAction(bound: bigint, _state: FormState, form: FormData): Promise<FormState> {
  const registryKey = parseBoundKey(bound);
  const rule = {
    prefix: textOf(form, 'prefix').trim().replace(/\/$/, ''),
    upstream: readSettings(form, { isEdit: false }),
    upstreamPrefix: textOf(form, 'upstreamPrefix'),
  };
  return change(form, async (caller) => void (await createRule(getApp(), { caller, registryKey, ...rule })));
}

export async function checkRuleAction(
  bound: BoundRule,
  _state: FormState<MirrorCheck>,
  form: FormData,
): Promise<FormState<MirrorCheck>> {
  const rule = parseRule(bound);
  return change(form, async (caller) => ({ ...(await checkOwnRule(getApp(), { caller, ...rule })), tag: null }));
}

export async function removeRuleAction(bound: BoundRule, _state: FormState, form: FormData): Promise<FormState> {
  const rule = parseRule(bound);
  return change(form, async (caller) => void (await deleteRule(getApp(), { caller, ...rule })));
}

function parseRule({ registryKey, prefix }: BoundRule): BoundRule {
  return { registryKey: parseBoundKey(registryKey), prefix: parseBound(z.string(), prefix) };
}

async function change<Value>(form: FormData, work: (caller: UserCaller) => Promise<Value>): Promise<FormState<Value>> {
  const caller = await requireCaller(MIRRORS);
  const result = await runAction(form, () => work(caller));
  revalidatePath(MIRRORS);
  return result;
}
