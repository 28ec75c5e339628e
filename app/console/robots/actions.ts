'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { NewAccessKey } from '#components/access-keys/create-access-key-form.tsx';
import type { NewToken } from '#components/account/create-token-form.tsx';
import type { FormState } from '#components/forms/form-state.ts';
import { robotLink, ROBOTS, robotsLink } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import { excludePulls } from '#lib/publishers/pull-times/exclude-pulls.ts';
import { includePulls } from '#lib/publishers/pull-times/include-pulls.ts';
import { createRobot } from '#lib/publishers/robots/create-robot.ts';
import { createRobotKey } from '#lib/publishers/robots/create-robot-key.ts';
import { createRobotToken } from '#lib/publishers/robots/create-robot-token.ts';
import { removeRobot } from '#lib/publishers/robots/remove-robot.ts';
import { revokeRobotToken } from '#lib/publishers/robots/revoke-robot-token.ts';
import type { RobotRole } from '#lib/publishers/robots/schema.ts';
import { updateRobot } from '#lib/publishers/robots/update-robot.ts';
import { parseBound } from '../../_lib/actions/bound-arguments.ts';
import {
  askPart,
  changePart,
  parseBoundPart,
  parseBoundRegistry,
  type BoundPart,
  type BoundRegistry,
} from '../../_lib/actions/change-part.ts';
import { readTokenForm } from '../../_lib/actions/read-token-form.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { requireCaller } from '../../_lib/session/session.ts';

// The page binds each action to its registry and robot. The use cases authorize the caller.

export async function createRobotAction(bound: BoundRegistry, _state: FormState, form: FormData): Promise<FormState> {
  const { registryKey, registryId } = parseBoundRegistry(bound);
  const caller = await requireCaller(ROBOTS);
  const input = { caller, registryKey, name: textOf(form, 'name'), ...readSettings(form) };
  const result = await runAction(form, () => createRobot(getApp(), input));
  if (!result.ok) return result;
  redirect(robotLink({ registry: registryId, name: result.value.name }));
}

export async function saveRobotAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const settings = readSettings(form);
  return changePart({ at: ROBOTS, bound, form }, (caller, robot) =>
    updateRobot(getApp(), { caller, ...robot, ...settings }),
  );
}

/** Bound to the new state, so that a stale page can't undo another member's change. */
export async function switchRobotAction(
  bound: BoundPart & { isEnabled: boolean },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const isEnabled = parseBound(z.boolean(), bound.isEnabled);
  return changePart({ at: ROBOTS, bound, form }, (caller, robot) =>
    updateRobot(getApp(), { caller, ...robot, isEnabled }),
  );
}

/** Bound to the new state, too. */
export async function switchRobotPullsAction(
  bound: BoundPart & { userId: string; isExcluded: boolean },
  _state: FormState,
  form: FormData,
): Promise<FormState> {
  const userId = parseBound(z.string(), bound.userId);
  const isExcluded = parseBound(z.boolean(), bound.isExcluded);
  return changePart({ at: ROBOTS, bound, form }, async (caller, { registryKey }) => {
    await (isExcluded ? excludePulls : includePulls)(getApp(), { caller, registryKey, userId });
  });
}

export async function removeRobotAction(bound: BoundPart, _state: FormState, form: FormData): Promise<FormState> {
  const { registryId } = parseBoundRegistry(bound);
  const result = await changePart({ at: ROBOTS, bound, form }, (caller, robot) =>
    removeRobot(getApp(), { caller, ...robot }),
  );
  if (result?.ok === false) return result;
  redirect(robotsLink({ registry: registryId }));
}

export async function createRobotTokenAction(
  bound: BoundPart,
  _state: FormState<NewToken>,
  form: FormData,
): Promise<FormState<NewToken>> {
  const { name: tokenName, ...token } = readTokenForm(form);
  return askPart({ at: ROBOTS, bound, form }, async (caller, robot) => {
    const { name, secret } = await createRobotToken(getApp(), { caller, ...robot, tokenName, ...token });
    return { name, secret };
  });
}

export async function revokeRobotTokenAction(bound: BoundPart, form: FormData): Promise<void> {
  const id = textOf(form, 'id');
  // Refused only if someone else was quicker. The list then shows the current state.
  await changePart({ at: ROBOTS, bound, form }, (caller, robot) =>
    revokeRobotToken(getApp(), { caller, ...robot, id }),
  );
  const { registryId, name } = parseBoundPart(bound);
  redirect(robotLink({ registry: registryId, name }));
}

export async function createRobotKeyAction(
  bound: BoundPart,
  _state: FormState<NewAccessKey>,
  form: FormData,
): Promise<FormState<NewAccessKey>> {
  return askPart({ at: ROBOTS, bound, form }, async (caller, robot) => {
    const { accessKeyId, secretAccessKey } = await createRobotKey(getApp(), { caller, ...robot });
    return { accessKeyId, secretAccessKey };
  });
}

/** The use case refuses other roles. */
function readSettings(form: FormData): { role: RobotRole; description: string } {
  return { role: textOf(form, 'role') as RobotRole, description: textOf(form, 'description') };
}
