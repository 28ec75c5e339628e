// What is to be said about a name that somebody wants as an alias. Pure: check-alias.ts gathers the facts. One code path
// stands behind the form as you type, the REST API, submitting, and the review screen.
import type { ReservedFact } from '#lib/publishers/names/protected-names.sql.ts';
import { aliasSchema } from '#lib/publishers/schema.ts';
import type { CheckCode, CheckResult, Verdict } from '#lib/aliases/schema.ts';

export type CheckFacts = {
  name: string;
  /** Who has the name, or one that looks the same in print. */
  holder: { name: string; isOwn: boolean; status: 'pending' | 'active' | 'suspended' | 'released'; since: Date } | null;
  reserved: ReservedFact[];
  /** Names of well-known publishers and brands that it could be taken for. */
  lookAlikes: { name: string; why: string }[];
  accountAgeDays: number;
  /** Of the registry, in the last year. */
  declinedCount: number;
  /** Domains that the registry has proven. */
  provenDomains: string[];
  openRequests: number;
  customAliases: number;
  /** This very name was declined for this registry; it can be asked for again then. */
  blockedUntil: Date | null;
};

export type CheckEvaluation = {
  checks: CheckResult[];
  /** The worst of all. */
  verdict: Verdict;
  /** Flags weighed together, 0 for none. */
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
  // Nothing sensible can be said about what is no alias at all.
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
  return result.success ? pass('Well formed.') : block(result.error.issues[0]?.message ?? 'That is no alias.');
}

function checkShape({ name }: CheckFacts): Finding {
  if (DEFAULT_ALIAS_SHAPE.test(name)) return block('Names of this shape are given out by the site itself.');
  if (HEX_SHAPE.test(name)) return block('A name like this could be taken for a digest.');
  return pass('Has a shape of its own.');
}

function checkTaken({ name, holder }: CheckFacts): Finding {
  if (!holder) return pass('Nobody has it, or one that looks the same.');
  const what = holder.name === name ? 'This name' : `${holder.name}, which looks the same in print,`;
  if (holder.status === 'pending')
    return block(`${what} is in review since ${holder.since.toISOString().slice(0, 10)}.`);
  if (holder.isOwn && holder.status !== 'released') return block(`${what} is yours already.`);
  if (holder.status === 'released') return block(`${what} was somebody's once, and is never given to anyone else.`);
  return block(`${what} is taken.`);
}

function checkReserved({ reserved, provenDomains, name }: CheckFacts): Finding {
  const entry = reserved.find(({ kind }) => kind === 'blocked' || kind === 'route') ?? reserved[0];
  if (!entry) return pass('Not reserved.');
  if (entry.kind === 'blocked' || entry.kind === 'route') return block(entry.reason);
  if (entry.kind === 'generic') return flag(`${entry.reason} Two reviewers look at it.`);
  const domain = provenDomains.find((proven) => proven.split('.')[0] === name);
  const evidence = domain
    ? `You have proven ${domain}.`
    : 'Prove a domain of the same name, or explain why it is yours.';
  return flag(`${entry.reason} It can be claimed: ${evidence}`);
}

function checkLookAlikes({ lookAlikes }: CheckFacts): Finding {
  const [first, ...others] = lookAlikes;
  if (!first) return pass('Not easily taken for a known publisher.');
  const more = others.length > 0 ? ` (also ${others.map(({ name }) => name).join(', ')})` : '';
  return flag(`Could be taken for ${first.name}: it ${first.why}${more}. A reviewer decides.`);
}

function checkLength({ name }: CheckFacts): Finding {
  return name.length < SHORT_LENGTH ? flag('Short names are scarce: two reviewers look at it.') : pass('Long enough.');
}

function checkRequester({ accountAgeDays, declinedCount, provenDomains, name }: CheckFacts): Finding {
  const domain = provenDomains.find((proven) => proven.split('.')[0] === name);
  if (declinedCount > 1) return flag(`${declinedCount} requests of this publisher were declined in the last year.`);
  if (accountAgeDays < NEW_ACCOUNT_DAYS && !domain) return flag('The account is younger than a week.');
  return pass(domain ? `The publisher has proven ${domain}.` : 'Nothing speaks against the publisher.');
}

function checkLimits({ openRequests, customAliases, blockedUntil }: CheckFacts): Finding {
  if (blockedUntil)
    return block(`It was declined for you; ask again after ${blockedUntil.toISOString().slice(0, 10)}, or appeal.`);
  if (openRequests >= MAX_OPEN_REQUESTS) return block('You have a request that is not decided yet: one at a time.');
  if (customAliases >= MAX_CUSTOM_ALIASES)
    return block(`A publisher has at most ${MAX_CUSTOM_ALIASES} custom aliases.`);
  return pass('Within the limits.');
}
