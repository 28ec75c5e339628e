// The history of policies.
import type { AuditCaller } from '#lib/events/audit-row.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Older revisions are deleted. */
export const KEPT_REVISIONS = 100;

/** @throws AppError `conflict` if the policy has another revision than the edited one */
export function requireRevision(edited: number | undefined, { policyRevision }: { policyRevision: number }): void {
  if (edited === undefined || edited === policyRevision) return;
  throw new AppError('conflict', 'Somebody else changed the policy meanwhile. Reload it and try again.');
}

export function authorOf({ principal }: AuditCaller): { savedBy: string; savedById: string | null } {
  const user = principal.kind === 'user' ? principal : null;
  return { savedBy: user?.email ?? principal.kind, savedById: user?.userId ?? null };
}
