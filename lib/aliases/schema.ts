// Types and input schemas of alias requests. Browser-safe.
import { z } from 'zod';

export const REQUEST_STATUSES = [
  'draft',
  'submitted',
  'in_review',
  'info_requested',
  'approved',
  'active',
  'declined',
  'appealed',
  'withdrawn',
  'expired',
  'suspended',
] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

export const VERDICTS = ['pass', 'flag', 'block'] as const;
/** `flag`: a reviewer must decide. `block`: the name can't be requested. */
export type Verdict = (typeof VERDICTS)[number];

export const CHECK_CODES = [
  'syntax',
  'shape',
  'taken',
  'reserved',
  'look_alike',
  'short',
  'requester',
  'limits',
] as const;
export type CheckCode = (typeof CHECK_CODES)[number];

/** The result of one check. Requesters and reviewers both see `sentence`. */
export type CheckResult = { code: CheckCode; verdict: Verdict; sentence: string };

export const RESERVED_KINDS = ['service', 'seller', 'brand', 'route', 'generic', 'blocked'] as const;
export type ReservedKind = (typeof RESERVED_KINDS)[number];

export const RESERVED_MATCHES = ['exact', 'prefix', 'folded'] as const;
export type ReservedMatch = (typeof RESERVED_MATCHES)[number];

export const DECLINE_REASONS = ['impersonation', 'trademark', 'no_evidence', 'generic', 'policy', 'other'] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

export const DECLINE_SENTENCES: Record<DeclineReason, string> = {
  impersonation: 'The name could be mistaken for another publisher.',
  trademark: "The name is a trademark, and you haven't shown that you own it.",
  no_evidence: "The evidence doesn't show that the name belongs to you.",
  generic: 'The name is too generic.',
  policy: "The name violates this site's policy.",
  other: 'See the message below.',
};

const text = (max: number) => z.string().trim().max(max, `Use at most ${max} characters.`);
export const httpsUrlSchema = z
  .url({ protocol: /^https$/, error: 'Enter a link that starts with https://.' })
  .max(2_048);

export const requestInputSchema = z.object({
  name: z.string().trim().max(50, 'Use at most 50 characters.'),
  purpose: text(2_000).min(1, 'Describe what the name is for.'),
  links: z.array(httpsUrlSchema).max(10, 'Add at most 10 links.'),
});
export type RequestInput = z.infer<typeof requestInputSchema>;

export const messageSchema = text(4_000).min(1, 'Enter a message.');
