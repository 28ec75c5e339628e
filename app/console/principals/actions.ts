'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { PolicyAnswer } from '#components/console/policy/policy-editor.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { principalLink, PRINCIPALS } from '#components/links.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { deleteIdentityPolicy } from '#lib/publishers/identity-policies/delete-identity-policy.ts';
import { putIdentityPolicy } from '#lib/publishers/identity-policies/put-identity-policy.ts';
import { attachManagedPolicy } from '#lib/publishers/managed-policies/attach-managed-policy.ts';
import { detachManagedPolicy } from '#lib/publishers/managed-policies/detach-managed-policy.ts';
import { reviewIdentityPolicy } from '#lib/repositories/policies/review-identity-policy.ts';
import { parseBound } from '../../_lib/actions/bound-arguments.ts';
import { parseBoundRegistry, type BoundRegistry } from '../../_lib/actions/change-part.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { editPolicy } from '../../_lib/policy/edit-policy.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry, principal and policy. The use cases authorize the caller.

type BoundPrincipal = BoundRegistry & { principal: string };
type BoundPolicy = BoundPrincipal & { name: string };

/** Shows what saving would do, or saves. */
export async function editIdentityPolicyAction(
  bound: BoundPolicy,
  _state: FormState<PolicyAnswer>,
  form: FormData,
): Promise<FormState<PolicyAnswer>> {
  const { registryKey, registryId: registry, principal } = parsePrincipal(bound);
  const name = parseBound(z.string(), bound.name);
  const caller = await requireCaller(PRINCIPALS);
  const asked = { caller, registryKey, principal, name };
  return editPolicy(form, {
    review: ({ text }) => reviewIdentityPolicy(getApp(), { ...asked, text }),
    save: async ({ text }) => {
      await putIdentityPolicy(getApp(), { ...asked, text });
      return { revision: 0 };
    },
    path: principalLink({ registry, principal }),
    savedLink: () => principalLink({ registry, principal, edit: name, saved: name }),
  });
}

export async function removeIdentityPolicyAction(
  bound: BoundPolicy,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const { registryKey, registryId: registry, principal } = parsePrincipal(bound);
  const name = parseBound(z.string(), bound.name);
  const caller = await requireCaller(PRINCIPALS);
  const asked = { caller, registryKey, principal, name };
  const result = await runAction(form, () => deleteIdentityPolicy(getApp(), asked));
  if (!result.ok) return result;
  revalidatePath(PRINCIPALS, 'layout');
  // Leaves the editor of the removed policy.
  redirect(principalLink({ registry, principal }));
}

export async function attachPolicyAction(bound: BoundPrincipal, _state: FormState, form: FormData): Promise<FormState> {
  return changeAttached(bound, form, (asked) => {
    return attachManagedPolicy(getApp(), { ...asked, policy: textOf(form, 'policy') });
  });
}

export async function detachPolicyAction(
  bound: BoundPrincipal & { policy: string },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const policy = parseBound(z.string(), bound.policy);
  return changeAttached(bound, form, (asked) => detachManagedPolicy(getApp(), { ...asked, policy }));
}

type Work = (asked: { caller: UserCaller; registryKey: bigint; principal: string }) => Promise<void>;

async function changeAttached(bound: BoundPrincipal, form: FormData, work: Work): Promise<FormState> {
  const { registryKey, principal } = parsePrincipal(bound);
  const caller = await requireCaller(PRINCIPALS);
  const result = await runAction(form, () => work({ caller, registryKey, principal }));
  revalidatePath(PRINCIPALS, 'layout');
  return result.ok ? { ok: true, value: undefined } : result;
}

function parsePrincipal({ principal, ...registry }: BoundPrincipal): BoundPrincipal {
  return { ...parseBoundRegistry(registry), principal: parseBound(z.string(), principal) };
}
