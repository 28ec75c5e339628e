// Showing that a registry's people control a domain: a TXT record or a well-known file with a challenge of ours.
import { randomBytes } from 'node:crypto';
import { recordAudit } from '#lib/audit/record-audit.ts';
import { findRole } from '#lib/catalog/find-repository.ts';
import { touchRepository } from '#lib/catalog/touch-repository.ts';
import { canManageRegistry } from '#lib/identity/policy.ts';
import type { Caller } from '#lib/identity/schema.ts';
import type { Db, DbOrTx } from '#lib/platform/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import { parseField } from '#lib/platform/parse-input.ts';
import type { DomainProof } from '#lib/platform/prisma/client.ts';
import { findDnsProof, findWellKnownProof, type DomainProbe } from './domain-probe.ts';
import { domainSchema } from './schema.ts';

const CHALLENGE_DAYS = 7;
const DAY_MS = 86_400_000;
const MAX_PROOFS = 10;
/** A proof that is missing this often, a week apart, is lost. */
const MAX_MISSED_CHECKS = 3;

type Input = { caller: Caller; registryId: bigint };

/** Begins a proof, or begins it anew with a new challenge. @throws AppError `invalid_input`, `forbidden`, `conflict` */
export async function startDomainProof(
  app: { db: Db },
  { caller, registryId, ...input }: Input & { domain: string; method: 'dns' | 'well_known' },
): Promise<DomainProof> {
  const domain = parseField('domain', domainSchema, input.domain);
  await requireManager(app.db, caller, registryId);
  const { method } = input;
  return app.db.$transaction(async (tx) => {
    if ((await tx.domainProof.count({ where: { registryId } })) >= MAX_PROOFS) {
      throw new AppError('conflict', `A publisher proves at most ${MAX_PROOFS} domains.`);
    }
    const fresh = {
      challenge: `vitrine-${randomBytes(16).toString('hex')}`,
      status: 'pending' as const,
      ...{
        expiresAt: new Date(Date.now() + CHALLENGE_DAYS * DAY_MS),
        missedChecks: 0,
        lastProblem: null,
        provenAt: null,
      },
    };
    const proof = await tx.domainProof.upsert({
      where: { registryId_domain_method: { registryId, domain, method } },
      create: { registryId, domain, method, ...fresh },
      update: fresh,
    });
    await recordAudit(tx, { caller, registryId, action: 'domain-proof.start', target: domain, after: { method } });
    return proof;
  });
}

/** Looks for the challenge now. @throws AppError `not_found`, `forbidden`, `conflict` with what was found instead */
export async function checkDomainProof(
  app: { db: Db; domainProbe: DomainProbe },
  { caller, registryId, id }: Input & { id: string },
): Promise<DomainProof> {
  await requireManager(app.db, caller, registryId);
  const proof = await app.db.domainProof.findFirst({ where: { id, registryId } });
  if (!proof) throw new AppError('not_found', 'There is no such proof.');
  if (proof.status === 'pending' && proof.expiresAt < new Date()) {
    throw new AppError('conflict', 'This challenge is older than a week: begin again for a new one.');
  }
  const checked = await recheckDomainProof(app, proof, caller);
  if (checked.status !== 'proven')
    throw new AppError('conflict', checked.lastProblem ?? 'The challenge was not found.');
  return checked;
}

/** Also run by time alone (caller null): a proof that is gone for good ends what rested on it. */
export async function recheckDomainProof(
  app: { db: Db; domainProbe: DomainProbe },
  proof: DomainProof,
  caller: Caller | null,
): Promise<DomainProof> {
  const find = proof.method === 'dns' ? findDnsProof : findWellKnownProof;
  const problem = await find(app.domainProbe, proof);
  return app.db.$transaction(async (tx) => {
    const missedChecks = problem ? proof.missedChecks + 1 : 0;
    const status = problem ? statusWithout(proof, missedChecks) : ('proven' as const);
    const checked = await tx.domainProof.update({
      where: { id: proof.id },
      data: {
        status,
        missedChecks,
        checkedAt: new Date(),
        lastProblem: problem,
        ...(status === 'proven' && !proof.provenAt && { provenAt: new Date() }),
      },
    });
    if (checked.status !== proof.status) {
      const change = { before: { status: proof.status }, after: { status } };
      await recordAudit(tx, {
        caller,
        registryId: proof.registryId,
        action: 'domain-proof.check',
        target: proof.domain,
        ...change,
      });
      await applyVerification(tx, checked);
    }
    return checked;
  });
}

function statusWithout(proof: DomainProof, missedChecks: number): DomainProof['status'] {
  if (proof.status === 'pending') return 'pending';
  return missedChecks >= MAX_MISSED_CHECKS ? 'lost' : 'missing';
}

/** A proven domain verifies its publisher; a lost one ends that, unless an admin has decided otherwise. */
async function applyVerification(tx: DbOrTx, proof: DomainProof): Promise<void> {
  const { registryId, domain, status } = proof;
  const registry = await tx.registry.findUniqueOrThrow({
    where: { id: registryId },
    include: { repositories: { select: { id: true } } },
  });
  if (status === 'proven' && registry.verifiedAt === null) {
    const data = { verifiedAt: new Date(), verifiedBy: 'domain', verifiedNote: domain };
    await tx.registry.update({ where: { id: registryId }, data });
  } else if (status === 'lost' && registry.verifiedBy === 'domain' && registry.verifiedNote === domain) {
    await tx.registry.update({
      where: { id: registryId },
      data: { verifiedAt: null, verifiedBy: null, verifiedNote: null },
    });
  } else return;
  for (const { id } of registry.repositories) await touchRepository(tx, id);
}

async function requireManager(db: DbOrTx, caller: Caller, registryId: bigint): Promise<void> {
  const role = await findRole({ db }, { userId: caller.actor.userId, registryId });
  if (!canManageRegistry({ actor: caller.actor, role })) {
    throw new AppError('forbidden', 'This is for those who manage the registry.');
  }
}
