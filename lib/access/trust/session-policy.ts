// Session policies: what somebody who assumes a role gives up for the session.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
import { compilePolicy, type CompiledPolicy } from '../compile-policy.ts';
import { parsePolicy } from '../policy-document.ts';

/** As in the STS API. */
export const MAX_SESSION_POLICY_LENGTH = 2_048;

const NOTHING: CompiledPolicy = { name: 'session policy', statements: [] };

/** @throws AppError `invalid_input` with a message that names the invalid element */
export function checkSessionPolicy(text: string): CompiledPolicy {
  return compilePolicy('session policy', parsePolicy(JSON.parse(text), 'identity'));
}

/** Policies are checked before they are stored. If a stored one can't be read, it must not allow anything. */
export function readSessionPolicy(text: string): CompiledPolicy {
  try {
    return checkSessionPolicy(text);
  } catch {
    return NOTHING;
  }
}
