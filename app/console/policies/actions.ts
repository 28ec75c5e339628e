'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { PolicyAnswer } from '#components/console/policy/policy-editor.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { CONSOLE_POLICIES, policiesLink, policyLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { createManagedPolicy } from '#lib/publishers/managed-policies/create-managed-policy.ts';
import { createPolicyVersion } from '#lib/publishers/managed-policies/create-policy-version.ts';
import { deleteManagedPolicy } from '#lib/publishers/managed-policies/delete-managed-policy.ts';
import { deletePolicyVersion } from '#lib/publishers/managed-policies/delete-policy-version.ts';
import { updateManagedPolicy } from '#lib/publishers/managed-policies/update-managed-policy.ts';
import { reviewManagedPolicy } from '#lib/repositories/policies/review-managed-policy.ts';
import { parseBound } from '../../_lib/actions/bound-arguments.ts';
import {
  changePart,
  parseBoundPart,
  parseBoundRegistry,
  type BoundPart,
  type BoundRegistry,
} from '../../_lib/actions/change-part.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { editPolicy } from '../../_lib/policy/edit-policy.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry and policy. The use cases authorize the caller.

type BoundVersion = BoundPart & { version: number };

export async function createPolicyAction(bound: BoundRegistry, _state: FormState, form: FormData): Promise<FormState> {
  const { registryKey, registryId: registry } = parseBoundRegistry(bound);
  const caller = await requireCaller(CONSOLE_POLICIES);
  const input = {
    name: textOf(form, 'name').trim(),
    description: textOf(form, 'description'),
    text: textOf(form, 'policy').replaceAll('\r\n', '\n'),
  };
  const result = await runAction(form, () => createManagedPolicy(getApp(), { caller, registryKey, ...input }));
  if (!result.ok) return result;
  redirect(policyLink({ registry, policy: result.value.name }));
}

/** Shows what a new version would change, or saves it as the default. */
export async function editPolicyVersionAction(
  bound: BoundPart,
  _state: FormState<PolicyAnswer>,
  form: FormData,
): Promise<FormState<PolicyAnswer>> {
  const { registryKey, registryId: registry, name } = parseBoundPart(bound);
  const caller = await requireCaller(CONSOLE_POLICIES);
  return editPolicy(form, {
    review: ({ text }) => reviewManagedPolicy(getApp(), { caller, registryKey, name, text }),
    save: async ({ text }) => {
      const asked = { caller, registryKey, name, text, isDefault: true };
      const { version } = await createPolicyVersion(getApp(), asked);
      return { revision: version };
    },
    path: policyLink({ registry, policy: name }),
    savedLink: (saved) => policyLink({ registry, policy: name, saved }),
  });
}

export async function savePolicyAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const description = textOf(form, 'description');
  return changePart({ at: CONSOLE_POLICIES, bound, form }, (caller, policy) =>
    updateManagedPolicy(getApp(), { caller, ...policy, description }),
  );
}

export async function setDefaultVersionAction(
  bound: BoundVersion,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const defaultVersion = parseVersion(bound);
  return changePart({ at: CONSOLE_POLICIES, bound, form }, (caller, policy) =>
    updateManagedPolicy(getApp(), { caller, ...policy, defaultVersion }),
  );
}

export async function deletePolicyVersionAction(
  bound: BoundVersion,
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const version = parseVersion(bound);
  return changePart({ at: CONSOLE_POLICIES, bound, form }, (caller, policy) =>
    deletePolicyVersion(getApp(), { caller, ...policy, version }),
  );
}

export async function deletePolicyAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const { registryId: registry } = parseBoundRegistry(bound);
  const result = await changePart({ at: CONSOLE_POLICIES, bound, form }, (caller, policy) =>
    deleteManagedPolicy(getApp(), { caller, ...policy }),
  );
  if (result?.ok === false) return result;
  redirect(policiesLink({ registry }));
}

function parseVersion({ version }: BoundVersion): number {
  return parseBound(z.number().int(), version);
}
