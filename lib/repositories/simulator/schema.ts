// Questions to the access simulator and its answers. Browser-safe.
import type { NearStatement } from '#lib/access/explain/schema.ts';

/** What is asked, as text from a form, a URL or the command line. Empty texts count as missing. */
export type AskedCircumstances = {
  /** The client's IP address. */
  address?: string | undefined;
  /** ISO 8601, in UTC unless it has an offset. Missing: now. */
  at?: string | undefined;
  /** Missing: as the site is served. */
  isSecure?: boolean | undefined;
  userAgent?: string | undefined;
};

export type AskedAccess = AskedCircumstances & {
  /** An email address, a robot's name, 12 digits, an ARN, `*` or `anonymous`. */
  principal: string;
  /** `pull`, `push`, `delete`, or an action such as `ecr:PutImage`. */
  action: string;
};

export const MAX_ASKED_LENGTH = 300;

/** Circumstances of the decision, as they were understood. */
export type Circumstances = { address: string | null; at: Date; isSecure: boolean; userAgent: string | null };

export type DecidingStatement = { policy: string; statement: string };

export type ExplainedStatement = NearStatement & {
  /** What the statement has to do with the decision. */
  sentence: string;
};

export type ExplainedStep = { action: string; isAllowed: boolean };

export type AccessExplanation = Circumstances & {
  /** As it is shown: an email address, a robot's name or an ARN. */
  principal: string;
  /** As policies name it. Null for anonymous clients and `*`. */
  arn: string | null;
  action: string;
  isAllowed: boolean;
  /** Null if no statement decided. */
  decidedBy: DecidingStatement | null;
  reason: string;
  /** What would have to change. Null if it is allowed. */
  advice: string | null;
  /** The actions that a pull or push takes, with the one that `decidedBy` is about. */
  steps: ExplainedStep[];
  explainedStep: string;
  near: ExplainedStatement[];
};

export type PrincipalKind = 'member' | 'robot' | 'role' | 'outsider' | 'anonymous';

export type PrincipalAccess = Pick<AccessExplanation, 'principal' | 'arn' | 'isAllowed' | 'reason' | 'advice'> & {
  kind: PrincipalKind;
};
