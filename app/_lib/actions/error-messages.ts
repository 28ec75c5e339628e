// What a person reads of an error: the error's own sentence, and the next step from here.
import type { ErrorCode } from '#lib/platform/errors.ts';

type ErrorText = {
  /** Stands in for an error's own sentence where that is not for everyone to read. */
  message?: string;
  nextStep: string;
};

export const ERROR_TEXTS = {
  invalid_input: { nextStep: 'Correct what is marked and send it again.' },
  unauthenticated: { nextStep: 'Check both and try again.' },
  forbidden: { nextStep: '' },
  name_invalid: { nextStep: 'Choose another name.' },
  name_taken: { nextStep: 'Choose another one.' },
  name_reserved: { nextStep: 'Choose another one, or claim it with evidence.' },
  tag_invalid: { nextStep: 'Check the tag.' },
  digest_invalid: { nextStep: 'Check the digest.' },
  digest_mismatch: { nextStep: 'Push it again.' },
  size_mismatch: { nextStep: 'Push it again.' },
  range_invalid: { nextStep: 'Push it again.' },
  repository_not_found: { nextStep: 'Check its name, or choose it from the console.' },
  manifest_not_found: { nextStep: 'Choose another tag.' },
  manifest_invalid: { nextStep: 'Build the image again and push it.' },
  manifest_blob_unknown: { nextStep: 'Push it again.' },
  blob_not_found: { nextStep: 'Push it again.' },
  upload_not_found: { nextStep: 'Push it again.' },
  upload_invalid: { nextStep: 'Push it again.' },
  quarantined: { nextStep: 'Ask the operator of this site if you think this is wrong.' },
  not_found: { nextStep: 'Load the page again to see what is there now.' },
  too_large: { nextStep: 'Make it smaller.' },
  quota_exceeded: { nextStep: '' },
  unsupported: { nextStep: '' },
  conflict: { nextStep: 'Load the page again, then repeat your change.' },
  rate_limited: { nextStep: 'Wait a little, then try again.' },
  storage_full: { nextStep: 'Tell the operator of this site.' },
  upstream_unavailable: { nextStep: 'Try again in a minute; what was pulled before stays available.' },
  upstream_rate_limited: { nextStep: 'Wait, or give the mirror credentials that may pull more.' },
  upstream_denied: { nextStep: "Check the name, and the mirror's credentials." },
  upstream_invalid: { nextStep: "Check the mirror's address." },
  unavailable: { nextStep: 'Try again in a minute.' },
  internal: {
    message: 'Something went wrong on our side.',
    nextStep: 'Try again; if it stays, tell the operator of this site.',
  },
} satisfies Record<ErrorCode, ErrorText>;

export function describeError(code: ErrorCode, ownMessage: string): { message: string; nextStep: string } {
  const { message, nextStep }: ErrorText = ERROR_TEXTS[code];
  return { message: message ?? ownMessage, nextStep };
}
