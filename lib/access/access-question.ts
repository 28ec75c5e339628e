// The input of an access decision.
import type { Action } from './actions.ts';
import type { AttachedPolicy } from './attached/attached-policy.ts';
import type { KeyedTag, TagValues } from './tags/schema.ts';
import type { Decision, Evaluated } from './evaluate.ts';
import type { Membership, Principal, RegistryRole, RequestContext } from './schema.ts';

/** As a request names it: by tag, digest or both. */
export type NamedImage = { tag?: string | undefined; digest?: string | undefined };

/** The attributes that policy conditions test. Omit those that don't matter to the action. */
export type AccessFacts = {
  /** `ALIAS/NAME` as the client wrote it. Token scopes match against it. */
  fullName?: string;
  alias?: string;
  visibility?: 'public' | 'private';
  /** The repository's policy, if it has one. */
  policy?: AttachedPolicy | null;
  /** The image that the request names. Missing if it names none, or isn't known yet. */
  image?: NamedImage | undefined;
  /** The repository's resource tags. Null or missing if it has none. */
  resourceTags?: TagValues | null;
  /** Tags that the request sets on the repository. */
  requestTags?: readonly KeyedTag[] | undefined;
  /** Keys of the tags that the request sets or removes. */
  tagKeys?: readonly string[] | undefined;
  hasImage?: boolean;
  isQuarantined?: boolean;
  isDeletedByAdmin?: boolean;
  /** Whether an alias request was ever submitted. Drafts are private to their registry. */
  isSubmitted?: boolean;
  /** The roles before and after a membership change; null means not a member. */
  fromRole?: RegistryRole | null;
  toRole?: RegistryRole | null;
};

export type AccessQuestion = {
  principal: Principal;
  context: RequestContext;
  action: Action;
  /** The principal's membership in the registry that owns the resource. Omit it for site and account actions. */
  membership?: Membership | null;
  facts?: AccessFacts;
  /** Called with each evaluation behind the decision. The last one decides. */
  onEvaluate?: (request: Evaluated, decision: Decision) => void;
};
