// What an explanation of a decision consists of. Browser-safe.

/** A condition with the values that it compared. */
export type ComparedCondition = {
  operator: string;
  key: string;
  /** As the policy spells them. */
  wanted: string[];
  /** Those of the request. Empty if it has none. */
  given: string[];
};

/**
 * Why a statement nearly decided otherwise.
 * `condition`, `resource`: the principal and the action match, but not these.
 * `delegation`: it allows the action to the principal's registry, which only confirms what roles allow.
 * `overruled`: it allows the action, but another statement denies it.
 * `denial`: it denies the action too.
 * `action`: it allows the principal other actions.
 */
export type NearReason = 'condition' | 'resource' | 'delegation' | 'overruled' | 'denial' | 'action';

export type NearStatement = {
  policy: string;
  statement: string;
  effect: 'Allow' | 'Deny';
  why: NearReason;
  /** The conditions that don't hold. */
  failed: ComparedCondition[];
};
