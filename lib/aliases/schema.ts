// Words of alias governance. Browser-safe.
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
/** `flag` is for people to judge; `block` can't be asked for at all. */
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

/** What one check found; `sentence` is for the requester and the reviewer alike. */
export type CheckResult = { code: CheckCode; verdict: Verdict; sentence: string };

export const RESERVED_KINDS = ['service', 'seller', 'brand', 'route', 'generic', 'blocked'] as const;
export type ReservedKind = (typeof RESERVED_KINDS)[number];

export const RESERVED_MATCHES = ['exact', 'prefix', 'folded'] as const;
export type ReservedMatch = (typeof RESERVED_MATCHES)[number];

export const DECLINE_REASONS = ['impersonation', 'trademark', 'no_evidence', 'generic', 'policy', 'other'] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

export const DECLINE_SENTENCES: Record<DeclineReason, string> = {
  impersonation: 'The name would make people take you for somebody else.',
  trademark: 'The name is a mark that is not shown to be yours.',
  no_evidence: 'The evidence does not show that the name belongs to you.',
  generic: 'The name is a general word that should stay free for everyone.',
  policy: "The name goes against this site's policy.",
  other: 'See the message below.',
};

const text = (max: number) => z.string().trim().max(max, `At most ${max} characters.`);
export const httpsUrlSchema = z.url({ protocol: /^https$/, error: 'A link starts with https://.' }).max(2_048);

export const requestInputSchema = z.object({
  name: z.string().trim().max(50, 'An alias has at most 50 characters.'),
  purpose: text(2_000).min(1, 'Say what the name is for.'),
  links: z.array(httpsUrlSchema).max(10, 'At most 10 links.'),
});
export type RequestInput = z.infer<typeof requestInputSchema>;

export const messageSchema = text(4_000).min(1, 'Write something first.');
