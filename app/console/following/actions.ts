'use server';

import { revalidatePath } from 'next/cache';
import { FOLLOWING } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { getApp } from '#lib/app.ts';
import { setDigest } from '#lib/following/digest/set-digest.ts';
import { unsubscribe } from '#lib/following/digest/unsubscribe.ts';
import { createFeedLink } from '#lib/following/private-feed/create-feed-link.ts';
import { revokeFeedLink } from '#lib/following/private-feed/revoke-feed-link.ts';
import { runAction, textOf } from '../../_lib/actions/run-action.ts';
import { getOrigin, requireCaller } from '../../_lib/session/session.ts';

export async function saveDigest(_state: FormState, form: FormData): Promise<FormState> {
  return changeOwn(form, (caller) => setDigest(getApp(), { caller, period: textOf(form, 'period') }));
}

export async function createFeedUrl(_state: FormState, form: FormData): Promise<FormState> {
  return changeOwn(form, (caller) => createFeedLink(getApp(), { caller }));
}

export async function revokeFeedUrl(_state: FormState, form: FormData): Promise<FormState> {
  return changeOwn(form, (caller) => revokeFeedLink(getApp(), { caller }));
}

async function changeOwn(form: FormData, change: (caller: UserCaller) => Promise<void>): Promise<FormState> {
  const caller = await requireCaller(FOLLOWING);
  const result = await runAction(form, () => change(caller));
  if (!result.ok) return result;
  revalidatePath(FOLLOWING);
  return { ok: true, value: undefined };
}

/** Needs no account, only the link from the email. */
export async function stopDigest(_state: FormState, form: FormData): Promise<FormState> {
  const context = await getOrigin();
  const result = await runAction(form, () => unsubscribe(getApp(), { token: textOf(form, 'token'), context }));
  return result.ok ? { ok: true, value: undefined } : result;
}
