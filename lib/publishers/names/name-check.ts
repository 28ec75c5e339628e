// A display name is shown once it has passed the automatic checks or a review.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { checkName, type CheckNameInput } from './check-name.ts';

export const UNFLAGGED = { flaggedName: null, flaggedReason: null, flaggedAt: null } as const;

/** Returns the registry columns for an approved name. */
export function approval(displayName: string) {
  return { approvedName: displayName, ...UNFLAGGED };
}

/** Checks a name and returns the registry columns: approved, or flagged for review. */
export async function evaluateName(tx: DbOrTx, input: CheckNameInput) {
  const reason = await checkName({ db: tx }, input);
  if (reason === null) return approval(input.name);
  return { flaggedName: input.name, flaggedReason: reason, flaggedAt: new Date() };
}
