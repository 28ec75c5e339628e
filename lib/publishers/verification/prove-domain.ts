// Showing that a registry's people control a domain: a TXT record or a well-known file with a challenge of ours.
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
/** A proof that is missing this often, a week apart, is lost. */
const MAX_MISSED_CHECKS = 3;

type Input = { caller: UserCaller; registryKey: bigint };

/** Begins a proof, or begins it anew with a new challenge: a live one counts until the new challenge is found. @throws AppError `invalid_input`, `forbidden`, `conflict` */
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
      throw new AppError('conflict', `A publisher proves at most ${MAX_PROOFS} domains.`);
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

/** Looks for the challenge now. @throws AppError `not_found`, `forbidden`, `conflict` with what was found instead */
export async function checkDomainProof(
  app: { db: Db; domainProbe: DomainProbe },
  { caller, registryKey, id }: Input & { id: string },
): Promise<DomainProof> {
  await authorize(app, { ...caller, action: 'vitrine:ProveDomain', registryKey });
  const proof = await app.db.domainProof.findFirst({ where: { id, registryKey } });
  if (!proof) throw new AppError('not_found', 'There is no such proof.');
  if (proof.status === 'pending' && proof.expiresAt < new Date()) {
    throw new AppError('conflict', 'This challenge is older than a week: begin again for a new one.');
  }
  const checked = await recheckDomainProof(app, proof, caller);
  const isFound = checked.status === 'proven' && (proof.nextChallenge === null || checked.nextChallenge === null);
  if (!isFound) throw new AppError('conflict', checked.lastProblem ?? 'The challenge was not found.');
  return toView(checked);
}

/** Also run by time alone: a proof that is gone for good ends what rested on it. */
export async function recheckDomainProof(
  app: { db: Db; domainProbe: DomainProbe },
  proof: DomainProof,
  caller: Caller,
): Promise<DomainProof> {
  const { id, registryKey, challenge, nextChallenge } = proof;
  const { isNext, problem, nextProblem } = await lookFor(app.domainProbe, proof);
  return app.db.$transaction(async (tx) => {
    const missedChecks = problem ? proof.missedChecks + 1 : 0;
    const status = problem ? statusWithout(proof, missedChecks) : ('proven' as const);
    // Begun again meanwhile: what was looked for is no longer what counts.
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
    if (count === 0) throw new AppError('conflict', 'This proof was begun again meanwhile. Check the new challenge.');
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

type Look = {
  isNext: boolean;
  /** Null: a challenge was found. */
  problem: string | null;
  /** Why the new challenge doesn't count yet, though the old one still does. */
  nextProblem: string | null;
};

/** The new challenge first, as far as there is one, then the one that counts meanwhile. */
async function lookFor(probe: DomainProbe, proof: DomainProof): Promise<Look> {
  const { domain, challenge, nextChallenge, nextExpiresAt } = proof;
  if (!isProvableDomain(domain)) {
    return {
      isNext: false,
      problem: `Nobody can prove ${domain}: everybody can have a name below it.`,
      nextProblem: null,
    };
  }
  const find = proof.method === 'dns' ? findDnsProof : findWellKnownProof;
  let nextProblem: string | null = null;
  if (nextChallenge) {
    const isInTime = nextExpiresAt !== null && nextExpiresAt > new Date();
    nextProblem = isInTime
      ? await find(probe, { domain, challenge: nextChallenge })
      : 'This challenge is older than a week: begin again for a new one.';
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

/** Shows the challenge that is to be put up. */
function toView(proof: DomainProof): DomainProof {
  const { nextChallenge, nextExpiresAt } = proof;
  return nextChallenge && nextExpiresAt ? { ...proof, challenge: nextChallenge, expiresAt: nextExpiresAt } : proof;
}
