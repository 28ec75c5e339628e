'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import type { FormState } from '#components/forms/form-state.ts';
import { CONSOLE_POLICY, registryPolicyLink } from '#components/links.ts';
import type { PolicyAnswer } from '#components/console/policy/policy-editor.tsx';
import { REGISTRY_POLICY_SCOPES } from '#lib/access/attached/schema.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import { deleteRegistryPolicy } from '#lib/repositories/registry-policy/delete-registry-policy.ts';
import { reviewRegistryPolicy } from '#lib/repositories/registry-policy/review-registry-policy.ts';
import { setRegistryPolicy } from '#lib/repositories/registry-policy/set-registry-policy.ts';
import { setRegistryPolicyScope } from '#lib/repositories/registry-policy/set-registry-policy-scope.ts';
import { parseBound } from '../../_lib/actions/bound-arguments.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { editPolicy } from '../../_lib/policy/edit-policy.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry. The use cases authorize the caller.

type BoundRegistry = { registryKey: bigint; registryId: string };
const boundSchema = z.object({ registryKey: z.bigint().min(1n), registryId: z.string().regex(/^\d{12}$/) });
const scopeSchema = z.enum(REGISTRY_POLICY_SCOPES, { error: 'Choose V1 or V2.' });

/** Shows what saving would do, or saves. */
export async function editRegistryPolicyAction(
  bound: BoundRegistry,
  _state: FormState<PolicyAnswer>,
  form: FormData,
): Promise<FormState<PolicyAnswer>> {
  const { registryKey, registryId: registry } = parseBound(boundSchema, bound);
  const caller = await requireCaller(CONSOLE_POLICY);
  return editPolicy(form, {
    review: (asked) => reviewRegistryPolicy(getApp(), { caller, registryKey, ...asked }),
    save: (asked) => setRegistryPolicy(getApp(), { caller, registryKey, ...asked }),
    path: CONSOLE_POLICY,
    savedLink: (saved) => `${registryPolicyLink({ registry, saved })}#policy`,
  });
}

export async function removeRegistryPolicyAction(
  bound: BoundRegistry,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { registryKey } = parseBound(boundSchema, bound);
  return change(form, (caller) => deleteRegistryPolicy(getApp(), { caller, registryKey }));
}

export async function savePolicyScopeAction(
  bound: BoundRegistry,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { registryKey } = parseBound(boundSchema, bound);
  return change(form, async (caller) => {
    const scope = parseField('scope', scopeSchema, textOf(form, 'scope'));
    await setRegistryPolicyScope(getApp(), { caller, registryKey, scope });
  });
}

async function change(form: FormData, work: (caller: UserCaller) => Promise<unknown>): Promise<FormState> {
  const caller = await requireCaller(CONSOLE_POLICY);
  const result = await runAction(form, () => work(caller));
  if (!result.ok) return result;
  revalidatePath(CONSOLE_POLICY);
  return { ok: true, value: undefined };
}
