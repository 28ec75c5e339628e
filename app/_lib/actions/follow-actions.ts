'use server';

import { revalidatePath } from 'next/cache';
import type { FormState } from '#components/forms/form-state.ts';
import { FOLLOWING } from '#components/links.ts';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { followPublisher } from '#lib/following/follow-publisher.ts';
import { followRepository } from '#lib/following/follow-repository.ts';
import { starRepository } from '#lib/following/star-repository.ts';
import { unfollowPublisher } from '#lib/following/unfollow-publisher.ts';
import { unfollowRepository } from '#lib/following/unfollow-repository.ts';
import { unstarRepository } from '#lib/following/unstar-repository.ts';
import { safePath } from '../session/safe-path.ts';
import { requireCaller } from '../session/session.ts';
import { runAction, textOf } from './run-action.ts';

export async function setStar(_state: FormState, form: FormData): Promise<FormState> {
  return toggle(form, (caller, fullName, isWanted) =>
    (isWanted ? starRepository : unstarRepository)(getApp(), { caller, fullName }),
  );
}

export async function setRepositoryFollow(_state: FormState, form: FormData): Promise<FormState> {
  return toggle(form, (caller, fullName, isWanted) =>
    (isWanted ? followRepository : unfollowRepository)(getApp(), { caller, fullName }),
  );
}

export async function setPublisherFollow(_state: FormState, form: FormData): Promise<FormState> {
  return toggle(form, (caller, alias, isWanted) =>
    (isWanted ? followPublisher : unfollowPublisher)(getApp(), { caller, alias }),
  );
}

async function toggle(
  form: FormData,
  change: (caller: UserCaller, target: string, isWanted: boolean) => Promise<void>,
): Promise<FormState> {
  const target = textOf(form, 'target');
  const caller = await requireCaller(safePath(`/${target}`, FOLLOWING));
  const result = await runAction(form, () => change(caller, target, textOf(form, 'wanted') === '1'));
  if (!result.ok) return result;
  // The page that the button is on, whichever it is.
  revalidatePath('/', 'layout');
  return { ok: true, value: undefined };
}
