// Pure checks of a requested alias; check-alias.ts gathers the facts. Live validation in the form, the REST API,
// submission and the review page all use them.
import type { ReservedFact } from '#lib/publishers/names/protected-names.sql.ts';
import { aliasSchema } from '#lib/publishers/schema.ts';
import type { CheckCode, CheckResult, Verdict } from '#lib/aliases/schema.ts';

export type CheckFacts = {
  name: string;
  /** The holder of this name or an identical-looking one. */
  holder: { name: string; isOwn: boolean; status: 'pending' | 'active' | 'suspended' | 'released'; since: Date } | null;
  reserved: ReservedFact[];
  /** Well-known publishers and brands it could be mistaken for. */
  lookAlikes: { name: string; why: string }[];
  accountAgeDays: number;
  /** The registry's declined requests in the last year. */
  declinedCount: number;
  /** The registry's proven domains. */
  provenDomains: string[];
  openRequests: number;
  customAliases: number;
  /** When the registry can request this name again after it was declined. */
  blockedUntil: Date | null;
};

export type CheckEvaluation = {
  checks: CheckResult[];
  /** The most severe verdict. */
  verdict: Verdict;
  /** The weighted sum of flags; 0 if there are none. */
  risk: number;
  needsTwo: boolean;
};

export const MAX_OPEN_REQUESTS = 1;
export const MAX_CUSTOM_ALIASES = 3;
const SHORT_LENGTH = 4;
const NEW_ACCOUNT_DAYS = 7;
const RISK_FOR_TWO = 3;
const RISK: Record<CheckCode, number> = {
  syntax: 0,
  shape: 0,
  taken: 0,
  limits: 0,
  reserved: 3,
  look_alike: 2,
  short: 3,
  requester: 1,
};

const DEFAULT_ALIAS_SHAPE = /^(?:[a-z]\d){4}$/;
const HEX_SHAPE = /^[0-9a-f]{12,}$/;

type Finding = Omit<CheckResult, 'code'>;
const pass = (sentence: string): Finding => ({ verdict: 'pass', sentence });
const flag = (sentence: string): Finding => ({ verdict: 'flag', sentence });
const block = (sentence: string): Finding => ({ verdict: 'block', sentence });

const CHECKS: Record<CheckCode, (facts: CheckFacts) => Finding> = {
  syntax: checkSyntax,
  shape: checkShape,
  taken: checkTaken,
  reserved: checkReserved,
  look_alike: checkLookAlikes,
  short: checkLength,
  requester: checkRequester,
  limits: checkLimits,
};

export function evaluateChecks(facts: CheckFacts): CheckEvaluation {
  const codes = Object.keys(CHECKS) as CheckCode[];
  const syntax = { code: 'syntax' as const, ...checkSyntax(facts) };
  // The other checks assume a well-formed name.
  const checks = syntax.verdict === 'block' ? [syntax] : codes.map((code) => ({ code, ...CHECKS[code](facts) }));
  const verdicts = checks.map(({ verdict }) => verdict);
  const risk = checks.reduce((sum, { code, verdict }) => sum + (verdict === 'flag' ? RISK[code] : 0), 0);
  return {
    checks,
    verdict: verdicts.includes('block') ? 'block' : verdicts.includes('flag') ? 'flag' : 'pass',
    risk,
    needsTwo: risk >= RISK_FOR_TWO,
  };
}

function checkSyntax({ name }: CheckFacts): Finding {
  const result = aliasSchema.safeParse(name);
  return result.success ? pass('Well-formed.') : block(result.error.issues[0]?.message ?? 'Invalid alias.');
}

function checkShape({ name }: CheckFacts): Finding {
  if (DEFAULT_ALIAS_SHAPE.test(name)) return block('Names of this form are reserved for default aliases.');
  if (HEX_SHAPE.test(name)) return block('This name could be mistaken for a digest.');
  return pass('Not confusable with a default alias or digest.');
}

function checkTaken({ name, holder }: CheckFacts): Finding {
  if (!holder) return pass('Available. No similar alias exists.');
  const what = holder.name === name ? 'This name' : `The similar name ${holder.name}`;
  if (holder.status === 'pending')
    return block(`${what} has been in review since ${holder.since.toISOString().slice(0, 10)}.`);
  if (holder.isOwn && holder.status !== 'released') return block(`${what} is already yours.`);
  if (holder.status === 'released') return block(`${what} was used before and can't be assigned again.`);
  return block(`${what} is taken.`);
}

function checkReserved({ reserved, provenDomains, name }: CheckFacts): Finding {
  const entry = reserved.find(({ kind }) => kind === 'blocked' || kind === 'route') ?? reserved[0];
  if (!entry) return pass('Not reserved.');
  if (entry.kind === 'blocked' || entry.kind === 'route') return block(entry.reason);
  if (entry.kind === 'generic') return flag(`${entry.reason} Two reviewers must approve it.`);
  const domain = provenDomains.find((proven) => proven.split('.')[0] === name);
  const evidence = domain
    ? `You have proven ${domain}.`
    : 'To claim it, prove a domain with the same name or explain why it is yours.';
  return flag(`${entry.reason} ${evidence}`);
}

function checkLookAlikes({ lookAlikes }: CheckFacts): Finding {
  const [first, ...others] = lookAlikes;
  if (!first) return pass('Not easily mistaken for a known publisher.');
  const more = others.length > 0 ? ` (also ${others.map(({ name }) => name).join(', ')})` : '';
  return flag(`Could be mistaken for ${first.name}: it ${first.why}${more}. A reviewer decides.`);
}

function checkLength({ name }: CheckFacts): Finding {
  return name.length < SHORT_LENGTH
    ? flag('Short names are scarce. Two reviewers must approve it.')
    : pass('Long enough.');
}

function checkRequester({ accountAgeDays, declinedCount, provenDomains, name }: CheckFacts): Finding {
  const domain = provenDomains.find((proven) => proven.split('.')[0] === name);
  if (declinedCount > 1) return flag(`${declinedCount} requests by this publisher were declined in the last year.`);
  if (accountAgeDays < NEW_ACCOUNT_DAYS && !domain) return flag('The account is less than a week old.');
  return pass(domain ? `The publisher has proven ${domain}.` : 'No concerns about the publisher.');
}

function checkLimits({ openRequests, customAliases, blockedUntil }: CheckFacts): Finding {
  if (blockedUntil)
    return block(
      `This name was declined. Appeal, or request it again after ${blockedUntil.toISOString().slice(0, 10)}.`,
    );
  if (openRequests >= MAX_OPEN_REQUESTS)
    return block('You already have an open request. Wait for a decision or withdraw it.');
  if (customAliases >= MAX_CUSTOM_ALIASES)
    return block(`You've reached the limit of ${MAX_CUSTOM_ALIASES} custom aliases.`);
  return pass('Within the limits.');
}
