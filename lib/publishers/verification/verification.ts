// Whether a publisher is verified: by a domain proof that is live, or by an admin's decision. Read from these rows each time, and kept nowhere else.
import { parse } from 'tldts';

/** Why a publisher counts as verified: what was proved or decided, and when. */
export type Verification = { by: 'domain' | 'decision'; note: string; at: Date };

/** A proof that a check has missed counts until it is lost. */
export const LIVE_STATUSES = ['proven', 'missing'] as const;

/** For `include` or `select` of a registry. The oldest comes first: the badge shows it as long as it lives. */
export const LIVE_PROOFS = {
  where: { status: { in: [...LIVE_STATUSES] } },
  orderBy: [{ provenAt: 'asc' as const }, { id: 'asc' as const }],
  select: { domain: true, provenAt: true },
};

/** Of a registry: what decides about its badge. */
export const VERIFICATION_COLUMNS = {
  verifiedAt: true,
  verifiedBy: true,
  verifiedNote: true,
  domainProofs: LIVE_PROOFS,
} as const;

export type VerificationRow = {
  verifiedAt: Date | null;
  verifiedBy: string | null;
  verifiedNote: string | null;
  domainProofs: { domain: string; provenAt: Date | null }[];
};

/** In `verifiedBy`: an admin has taken the badge away, whatever domains are proven. */
export const DENIED = 'denied';
/** In `verifiedBy`: written by an earlier version when a domain was proven. The proof itself says whether it still is. */
const COPIED = 'domain';

export function toVerification(registry: VerificationRow): Verification | null {
  const { verifiedAt, verifiedBy, verifiedNote, domainProofs } = registry;
  if (verifiedBy === DENIED) return null;
  if (isDecided(registry) && verifiedAt) return { by: 'decision', note: verifiedNote ?? '', at: verifiedAt };
  const proof = domainProofs.find(({ domain, provenAt }) => provenAt !== null && isProvableDomain(domain));
  return proof?.provenAt ? { by: 'domain', note: proof.domain, at: proof.provenAt } : null;
}

/** By an admin, who then also changes the name. */
export function isDecided({ verifiedAt, verifiedBy }: Pick<VerificationRow, 'verifiedAt' | 'verifiedBy'>): boolean {
  return verifiedAt !== null && verifiedBy !== COPIED && verifiedBy !== DENIED;
}

/** Not `co.uk`, and not `github.io`: below these anybody gets a name, and nobody speaks for all of them. */
export function isProvableDomain(domain: string): boolean {
  return parse(domain, { allowPrivateDomains: true }).domain !== null;
}
