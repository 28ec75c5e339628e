import { checkPolicy } from '#lib/access/attached/check-policy.ts';
import { comparePolicies } from './compare-policies.ts';
import type { PolicyReview } from './review-repository-policy.ts';

/** Compares policies of principals. Owners can always change them, so none locks them out. */
export function reviewIdentityText(before: string | null, text: string): PolicyReview {
  const { document, findings } = checkPolicy(text, { kind: 'identity' });
  return {
    findings,
    isValid: document !== null,
    isLockOut: false,
    diff: comparePolicies(before, text),
    revision: 0,
  };
}
