// Maps error codes to what users read: the error's own sentence and what to do next.
import type { ErrorCode } from '#lib/platform/errors.ts';

type ErrorText = {
  /** Replaces the error's own sentence if that isn't for everyone to read. */
  message?: string;
  nextStep: string;
};

export const ERROR_TEXTS = {
  invalid_input: { nextStep: 'Correct the marked fields and try again.' },
  unauthenticated: { nextStep: 'Check both and try again.' },
  forbidden: { nextStep: '' },
  name_invalid: { nextStep: 'Choose another name.' },
  name_taken: { nextStep: 'Choose another name.' },
  name_reserved: { nextStep: 'Choose another name, or claim this one with evidence.' },
  tag_invalid: { nextStep: 'Check the tag.' },
  tag_immutable: { nextStep: 'Use another tag, or change the repository’s settings.' },
  digest_invalid: { nextStep: 'Check the digest.' },
  digest_mismatch: { nextStep: 'Push the image again.' },
  size_mismatch: { nextStep: 'Push the image again.' },
  range_invalid: { nextStep: 'Push the image again.' },
  repository_not_found: { nextStep: 'Check the name, or choose the repository in the console.' },
  repository_not_empty: { nextStep: 'Delete its images first.' },
  manifest_not_found: { nextStep: 'Choose another tag.' },
  manifest_unverified: { nextStep: 'Push the manifest exactly as it was signed.' },
  manifest_archived: { nextStep: 'Restore the image first.' },
  manifest_invalid: { nextStep: 'Rebuild the image and push it again.' },
  manifest_blob_unknown: { nextStep: 'Push the image again.' },
  blob_not_found: { nextStep: 'Push the image again.' },
  upload_not_found: { nextStep: 'Push the image again.' },
  upload_invalid: { nextStep: 'Push the image again.' },
  quarantined: { nextStep: 'If you think this is a mistake, contact the operator of this site.' },
  not_found: { nextStep: 'Reload the page to see the current state.' },
  too_large: { nextStep: 'Reduce its size and try again.' },
  quota_exceeded: { nextStep: '' },
  unsupported: { nextStep: '' },
  // A conflict's own sentence says what to do, because reloading resolves only some of them.
  conflict: { nextStep: '' },
  rate_limited: { nextStep: 'Wait a moment and try again.' },
  storage_full: { nextStep: 'Contact the operator of this site.' },
  upstream_unavailable: { nextStep: 'Try again in a minute. Images that were pulled before stay available.' },
  upstream_rate_limited: { nextStep: 'Wait, or use mirror credentials with a higher rate limit.' },
  upstream_denied: { nextStep: "Check the name, and the mirror's credentials." },
  upstream_invalid: { nextStep: "Check the mirror's address." },
  read_only: { nextStep: '' },
  unavailable: { nextStep: 'Try again in a minute.' },
  key_refused: { nextStep: 'Check the key and its policy, or contact the operator of this site.' },
  internal: {
    message: 'Something went wrong on our side.',
    nextStep: 'Try again. If the problem persists, contact the operator of this site.',
  },
} satisfies Record<ErrorCode, ErrorText>;

export function describeError(code: ErrorCode, ownMessage: string): { message: string; nextStep: string } {
  const { message, nextStep }: ErrorText = ERROR_TEXTS[code];
  return { message: message ?? ownMessage, nextStep };
}
