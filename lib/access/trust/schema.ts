// Limits of trust policies. Browser-safe.

/** As for roles of IAM. */
export const MAX_TRUST_POLICY_LENGTH = 4_096;
