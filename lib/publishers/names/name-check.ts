// A display name is shown once it has been looked at: by the checks of an alias when it is set, or by a reviewer.
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import { checkName, type CheckNameInput } from './check-name.ts';

export const UNFLAGGED = { flaggedName: null, flaggedReason: null, flaggedAt: null } as const;

/** What a registry's row says of a name that is good. */
export function approval(displayName: string) {
  return { approvedName: displayName, ...UNFLAGGED };
}

/** What the row says of a name that nobody has looked at: it passes the checks, or waits for a reviewer. */
export async function judgeName(tx: DbOrTx, input: CheckNameInput) {
  const reason = await checkName({ db: tx }, input);
  if (reason === null) return approval(input.name);
  return { flaggedName: input.name, flaggedReason: reason, flaggedAt: new Date() };
}
