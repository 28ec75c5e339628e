// Names and limits of identity policies. Browser-safe.

/** Of each member, robot, role or team. As for users of IAM. */
export const MAX_IDENTITY_POLICIES = 10;

/** Each request of the principal reads them. As for roles of IAM. */
export const MAX_IDENTITY_POLICIES_LENGTH = 10_240;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html */
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/;

export function isPolicyName(text: string): boolean {
  return POLICY_NAME.test(text);
}

export const POLICY_NAME_RULE = 'A name has up to 128 letters, digits and the characters + = , . @ _ -';
