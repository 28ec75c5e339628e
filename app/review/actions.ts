'use server';

import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { REVIEW, reviewRequestLink, withQuery } from '#components/links.ts';
import type { FormState } from '#components/forms/form-state.ts';
import { renewClaim } from '#lib/aliases/requests/renew-claim.ts';
import { findNextRequest } from '#lib/aliases/review/review-queries.ts';
import {
  approveRequest,
  askForInformation,
  claimRequest,
  declineRequest,
  putBackRequest,
} from '#lib/aliases/review/review-request.ts';
import { listSavedReplies } from '#lib/aliases/review/saved-replies.ts';
import { DECLINE_REASONS } from '#lib/aliases/schema.ts';
import { writeEntry } from '#lib/aliases/requests/write-entry.ts';
import { getApp } from '#lib/app.ts';
import type { UserCaller } from '#lib/access/schema.ts';
import { isReadOnly } from '#lib/site/maintenance.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import { isAutoAdvanceOn, setAutoAdvance } from '../_lib/frames/auto-advance.ts';
import { runAction, textOf } from '../_lib/actions/run-action.ts';
import { requireReviewer } from '../_lib/session/staff.ts';

type SeenRequest = {
  id: string;
  /** The version that the page showed. */
  version: number;
};

type StepInput = SeenRequest & { caller: UserCaller; form: FormData };

/** Review steps. Each returns the success message. */
const STEPS: Record<string, (input: StepInput) => Promise<string>> = {
  claim: async ({ caller, id }) => {
    await claimRequest(getApp(), { caller, id });
    return 'Request claimed.';
  },
  put_back: async ({ caller, id, version }) => {
    await putBackRequest(getApp(), { caller, id, version });
    return 'Request returned to the queue.';
  },
  note: async ({ caller, id, form }) => {
    await writeEntry(getApp(), { caller, id, kind: 'note', body: textOf(form, 'note') });
    return 'Note saved.';
  },
  ask: async ({ form, ...seen }) => {
    await askForInformation(getApp(), { ...seen, message: await readMessage(seen.caller, form, 'askMessage') });
    return 'Question sent. The request waits for the requester’s answer.';
  },
  approve: async ({ form, ...seen }) => {
    const { name, status } = await approveRequest(getApp(), { ...seen, note: textOf(form, 'approveNote') });
    return status === 'active'
      ? `Approved: ${name} is active.`
      : `You approved it. A second reviewer must agree before ${name} is active.`;
  },
  decline: async ({ form, ...seen }) => {
    const reason = DECLINE_REASONS.find((known) => known === textOf(form, 'reason'));
    if (!reason) throw invalidField('reason', 'Choose a reason.');
    await declineRequest(getApp(), {
      ...seen,
      reason,
      message: await readMessage(seen.caller, form, 'declineMessage'),
    });
    return 'Declined. The requester has been notified.';
  },
};

/** Steps after which this reviewer has nothing left to do. */
const CLOSING_STEPS = ['ask', 'approve', 'decline'];

export async function reviewAction(
  seen: SeenRequest,
  _state: FormState<string>,
  form: FormData,
): Promise<FormState<string>> {
  const caller = await requireReviewer();
  const name = textOf(form, 'step');
  const result = await runAction(form, () => {
    const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
    if (!step) throw new AppError('invalid_input', 'Unknown step.');
    return step({ ...seen, caller, form });
  });
  if (result.ok && CLOSING_STEPS.includes(name) && (await isAutoAdvanceOn())) {
    const next = await findNextRequest(getApp(), { caller });
    redirect(withQuery(next ? reviewRequestLink(next) : REVIEW, { after: seen.id }));
  }
  // After a conflict, the page shows the other reviewer's change.
  revalidatePath(reviewRequestLink(seen.id));
  if (result.ok || result.code !== 'conflict') return result;
  return {
    ...result,
    nextStep: 'The page now shows the current state. Decide again if the request is still open.',
  };
}

/** Returns the typed message, or else the chosen saved reply. */
async function readMessage(caller: UserCaller, form: FormData, field: string): Promise<string> {
  const written = textOf(form, field);
  if (written.trim() !== '' || textOf(form, 'reply') === '') return written;
  const replies = await listSavedReplies(getApp(), { caller });
  return replies.find(({ id }) => id === textOf(form, 'reply'))?.body ?? '';
}

export async function renewClaimAction(id: string): Promise<void> {
  const caller = await requireReviewer();
  if (!(await isReadOnly(getApp()))) await renewClaim(getApp(), { caller, id });
}

/** Setting the cookie refreshes the page. */
export async function toggleAutoAdvance(form: FormData): Promise<void> {
  await requireReviewer();
  await setAutoAdvance(textOf(form, 'advance') === '1');
}
