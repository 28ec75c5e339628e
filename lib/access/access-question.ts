// What lib/access is asked.
import type { Action } from './actions.ts';
import type { Membership, Principal, RegistryRole, RequestContext } from './schema.ts';

/** What conditions ask about. Left out: it doesn't matter to the action. */
export type AccessFacts = {
  /** `ALIAS/NAME` as the client wrote it, which is what scopes are about. */
  fullName?: string;
  alias?: string;
  visibility?: 'public' | 'private';
  hasImage?: boolean;
  isQuarantined?: boolean;
  isDeletedByAdmin?: boolean;
  /** Of a change of a member's role; null: no member. */
  fromRole?: RegistryRole | null;
  toRole?: RegistryRole | null;
};

export type AccessQuestion = {
  principal: Principal;
  context: RequestContext;
  action: Action;
  /** The principal in the registry that is asked about, or owns what is. Left out: it is about the site, or an account. */
  membership?: Membership | null;
  facts?: AccessFacts;
};
