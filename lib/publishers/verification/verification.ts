// Derives whether a publisher is verified, by a live domain proof or an admin's decision. The result is never stored.
import { parse } from 'tldts';

/** Why and since when a publisher is verified. */
export type Verification = { by: 'domain' | 'decision'; note: string; at: Date };

/** A missing proof counts until it is lost. */
export const LIVE_STATUSES = ['proven', 'missing'] as const;

/** The `include` or `select` of a registry's live proofs, oldest first. The badge shows the oldest. */
export const LIVE_PROOFS = {
  where: { status: { in: [...LIVE_STATUSES] } },
  orderBy: [{ provenAt: 'asc' as const }, { id: 'asc' as const }],
  select: { domain: true, provenAt: true },
};

/** The columns of a registry that verification depends on. */
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

/** The value of `verifiedBy` if an admin revoked the badge despite proven domains. */
export const DENIED = 'denied';
/** The value of `verifiedBy` that an earlier version wrote for proven domains. Ignored, because the proof decides. */
const COPIED = 'domain';

export function toVerification(registry: VerificationRow): Verification | null {
  const { verifiedAt, verifiedBy, verifiedNote, domainProofs } = registry;
  if (verifiedBy === DENIED) return null;
  if (isDecided(registry) && verifiedAt) return { by: 'decision', note: verifiedNote ?? '', at: verifiedAt };
  const proof = domainProofs.find(({ domain, provenAt }) => provenAt !== null && isProvableDomain(domain));
  return proof?.provenAt ? { by: 'domain', note: proof.domain, at: proof.provenAt } : null;
}

/** Whether an admin verified the publisher. Then only admins can change its name. */
export function isDecided({ verifiedAt, verifiedBy }: Pick<VerificationRow, 'verifiedAt' | 'verifiedBy'>): boolean {
  return verifiedAt !== null && verifiedBy !== COPIED && verifiedBy !== DENIED;
}

/** Excludes public suffixes such as `co.uk` and `github.io`, under which anyone can register names. */
export function isProvableDomain(domain: string): boolean {
  return parse(domain, { allowPrivateDomains: true }).domain !== null;
}
