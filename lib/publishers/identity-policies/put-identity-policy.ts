import { checkPolicy } from '#lib/access/attached/check-policy.ts';
import { invalidPolicy } from '#lib/access/attached/invalid-policy.ts';
import type { PolicyFinding } from '#lib/access/attached/schema.ts';
import { AppError } from '#lib/platform/errors.ts';
import { invalidField } from '#lib/platform/parse-input.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { changePolicies, type HolderQuestion } from './policy-holder.ts';
import { isPolicyName, MAX_IDENTITY_POLICIES, MAX_IDENTITY_POLICIES_LENGTH, POLICY_NAME_RULE } from './schema.ts';

/**
 * Adds a policy to a member, robot, role or team, or replaces the one of that name. Returns warnings.
 * @throws AppError `invalid_input` with the findings as detail, `forbidden`, `not_found`, `quota_exceeded`
 */
export async function putIdentityPolicy(
  app: { db: Db },
  { name, text, ...question }: HolderQuestion & { name: string; text: string },
): Promise<PolicyFinding[]> {
  if (!isPolicyName(name)) throw invalidField('name', POLICY_NAME_RULE);
  const { document, findings } = checkPolicy(text, { kind: 'identity' });
  if (!document) throw invalidPolicy(findings);
  await changePolicies(app, { ...question, name }, (policies) => {
    const others = policies.filter((policy) => policy.name !== name);
    const changed = [...others, { name, policy: text }].sort((one, other) => (one.name < other.name ? -1 : 1));
    if (changed.length > MAX_IDENTITY_POLICIES) throw tooMany(`at most ${MAX_IDENTITY_POLICIES} policies`);
    const length = changed.reduce((sum, { policy }) => sum + policy.length, 0);
    if (length <= MAX_IDENTITY_POLICIES_LENGTH) return changed;
    throw tooMany(`policies of at most ${MAX_IDENTITY_POLICIES_LENGTH} characters in all`);
  });
  return findings;
}

function tooMany(limit: string): AppError {
  return new AppError('quota_exceeded', `A member, robot, role or team can have ${limit}. Remove one first.`);
}
