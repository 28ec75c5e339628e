// Domain proofs: a TXT record or well-known file with a challenge shows that a registry controls a domain.
import { authorize } from '#lib/access/authorize.ts';
import { randomBytes } from 'node:crypto';
import { recordChange } from '#lib/events/record-change.ts';
import { isProvableDomain, LIVE_STATUSES } from './verification.ts';
import type { Caller, UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import type { DomainProof } from '#lib/platform/prisma/client.ts';
import { findDnsProof, findWellKnownProof, type DomainProbe } from './domain-probe.ts';
import { domainSchema } from '#lib/publishers/schema.ts';

const CHALLENGE_DAYS = 7;
const DAY_MS = 86_400_000;
const MAX_PROOFS = 10;
/** A proof missing in this many checks, a week apart, is lost. */
const MAX_MISSED_CHECKS = 3;

type Input = { caller: UserCaller; registryKey: bigint };

/**
 * Starts a proof, or restarts it with a new challenge. A live proof stays valid until the new challenge is found.
 * @throws AppError `invalid_input`, `forbidden`, `conflict`
 */
export async function startDomainProof(
  app: { db: Db },
  { caller, registryKey, ...input }: Input & { domain: string; method: 'dns' | 'well_known' },
): Promise<DomainProof> {
  const domain = parseField('domain', domainSchema, input.domain);
  await authorize(app, { ...caller, action: 'vitrine:ProveDomain', registryKey });
  const { method } = input;
  return app.db.$transaction(async (tx) => {
    const where = { registryKey_domain_method: { registryKey, domain, method } };
    const existing = await tx.domainProof.findUnique({ where });
    if (!existing && (await tx.domainProof.count({ where: { registryKey } })) >= MAX_PROOFS) {
      throw new AppError('conflict', `You've reached the limit of ${MAX_PROOFS} domains.`);
    }
    const challenge = `vitrine-${randomBytes(16).toString('hex')}`;
    const expiresAt = new Date(Date.now() + CHALLENGE_DAYS * DAY_MS);
    const fresh = {
      challenge,
      expiresAt,
      status: 'pending' as const,
      missedChecks: 0,
      lastProblem: null,
      provenAt: null,
    };
    const proof = await tx.domainProof.upsert({
      where,
      create: { registryKey, domain, method, ...fresh },
      update:
        existing && isLive(existing)
          ? { nextChallenge: challenge, nextExpiresAt: expiresAt }
          : { ...fresh, nextChallenge: null, nextExpiresAt: null },
    });
    await recordChange(tx, {
      caller,
      registryKey,
      type: 'domain-proof.start',
      resource: { name: domain },
      after: { method },
    });
    return toView(proof);
  });
}

/** Checks a proof now. @throws AppError `not_found`, `forbidden`, `conflict` with what was found instead */
export async function checkDomainProof(
  app: { db: Db; domainProbe: DomainProbe },
  { caller, registryKey, id }: Input & { id: string },
): Promise<DomainProof> {
  await authorize(app, { ...caller, action: 'vitrine:ProveDomain', registryKey });
  const proof = await app.db.domainProof.findFirst({ where: { id, registryKey } });
  if (!proof) throw new AppError('not_found', 'Domain proof not found.');
  if (proof.status === 'pending' && proof.expiresAt < new Date()) {
    throw new AppError('conflict', 'This challenge has expired. Start again to get a new one.');
  }
  const checked = await recheckDomainProof(app, proof, caller);
  const isFound = checked.status === 'proven' && (proof.nextChallenge === null || checked.nextChallenge === null);
  if (!isFound) throw new AppError('conflict', checked.lastProblem ?? "The challenge wasn't found.");
  return toView(checked);
}

/** Checks a proof and updates its status. Also run on a schedule. */
export async function recheckDomainProof(
  app: { db: Db; domainProbe: DomainProbe },
  proof: DomainProof,
  caller: Caller,
): Promise<DomainProof> {
  const { id, registryKey, challenge, nextChallenge } = proof;
  const { isNext, problem, nextProblem } = await findChallenge(app.domainProbe, proof);
  return app.db.$transaction(async (tx) => {
    const missedChecks = problem ? proof.missedChecks + 1 : 0;
    const status = problem ? statusWithout(proof, missedChecks) : ('proven' as const);
    // The proof may have been restarted with another challenge in the meantime.
    const { count } = await tx.domainProof.updateMany({
      where: { id, challenge, nextChallenge },
      data: {
        status,
        missedChecks,
        checkedAt: new Date(),
        lastProblem: problem ?? nextProblem,
        ...(status === 'proven' && !proof.provenAt && { provenAt: new Date() }),
        ...(isNext && nextChallenge && { challenge: nextChallenge, nextChallenge: null, nextExpiresAt: null }),
      },
    });
    if (count === 0)
      throw new AppError('conflict', 'This proof was restarted in the meantime. Check the new challenge.');
    if (status !== proof.status) {
      await recordChange(tx, {
        type: 'domain-proof.check',
        caller,
        registryKey,
        resource: { name: proof.domain },
        before: { status: proof.status },
        after: { status },
      });
    }
    return tx.domainProof.findUniqueOrThrow({ where: { id } });
  });
}

type Finding = {
  isNext: boolean;
  /** Null if a challenge was found. */
  problem: string | null;
  /** Why the new challenge wasn't found, if there is one. */
  nextProblem: string | null;
};

/** Looks for the new challenge, if there is one, then for the current one. */
async function findChallenge(probe: DomainProbe, proof: DomainProof): Promise<Finding> {
  const { domain, challenge, nextChallenge, nextExpiresAt } = proof;
  if (!isProvableDomain(domain)) {
    return {
      isNext: false,
      problem: `${domain} is a public suffix and can't be proven.`,
      nextProblem: null,
    };
  }
  const find = proof.method === 'dns' ? findDnsProof : findWellKnownProof;
  let nextProblem: string | null = null;
  if (nextChallenge) {
    const isInTime = nextExpiresAt !== null && nextExpiresAt > new Date();
    nextProblem = isInTime
      ? await find(probe, { domain, challenge: nextChallenge })
      : 'This challenge has expired. Start again to get a new one.';
    if (nextProblem === null) return { isNext: true, problem: null, nextProblem };
  }
  return { isNext: false, problem: await find(probe, { domain, challenge }), nextProblem };
}

function statusWithout(proof: DomainProof, missedChecks: number): DomainProof['status'] {
  if (proof.status === 'pending') return 'pending';
  return proof.status === 'lost' || missedChecks >= MAX_MISSED_CHECKS ? 'lost' : 'missing';
}

function isLive({ status }: DomainProof): boolean {
  return (LIVE_STATUSES as readonly string[]).includes(status);
}

/** Replaces the challenge with the new one to publish, if there is one. */
function toView(proof: DomainProof): DomainProof {
  const { nextChallenge, nextExpiresAt } = proof;
  return nextChallenge && nextExpiresAt ? { ...proof, challenge: nextChallenge, expiresAt: nextExpiresAt } : proof;
}
