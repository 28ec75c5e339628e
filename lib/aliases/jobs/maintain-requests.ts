// Hourly maintenance: expires alias requests and rechecks domain proofs.
import { recheckDomainProof } from '#lib/publishers/verification/prove-domain.ts';
import { SYSTEM_CALLER } from '#lib/access/schema.ts';
import type { DomainProbe } from '#lib/publishers/verification/domain-probe.ts';
import { releaseName } from '#lib/aliases/release-name.ts';
import { changeStatus } from '#lib/aliases/requests/store.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';

const DAY_MS = 86_400_000;
const ANSWER_DAYS = 14;
const DRAFT_DAYS = 30;
const RECHECK_DAYS = 30;
/** Missing proofs are rechecked sooner. */
const RECHECK_MISSING_DAYS = 7;
const BATCH = 100;

export async function maintainRequests(app: { db: Db; log: Log; domainProbe: DomainProbe }): Promise<void> {
  await expireRequests(app);
  await recheckProofs(app);
}

async function expireRequests(app: { db: Db; log: Log }): Promise<void> {
  const since = (days: number) => new Date(Date.now() - days * DAY_MS);
  const due = await app.db.aliasRequest.findMany({
    where: {
      OR: [
        { status: 'info_requested', infoRequestedAt: { lt: since(ANSWER_DAYS) } },
        { status: 'draft', updatedAt: { lt: since(DRAFT_DAYS) } },
      ],
    },
    take: BATCH,
  });
  for (const request of due) {
    try {
      await app.db.$transaction(async (tx) => {
        const sentence = `Expired after ${request.status === 'draft' ? DRAFT_DAYS : ANSWER_DAYS} days without activity.`;
        await changeStatus(tx, {
          request,
          transition: 'expire',
          caller: SYSTEM_CALLER,
          data: { aliasId: null },
          sentence,
        });
        await releaseName(tx, request);
      });
    } catch (error) {
      // The requester answered concurrently.
      if (!isAppError(error) || error.code !== 'conflict') throw error;
      app.log.debug({ requestId: request.id }, 'an alias request changed while expiring it');
    }
  }
}

async function recheckProofs(app: { db: Db; domainProbe: DomainProbe }): Promise<void> {
  const before = (days: number) => new Date(Date.now() - days * DAY_MS);
  const due = await app.db.domainProof.findMany({
    where: {
      OR: [
        { status: 'proven', checkedAt: { lt: before(RECHECK_DAYS) } },
        { status: 'missing', checkedAt: { lt: before(RECHECK_MISSING_DAYS) } },
      ],
    },
    take: BATCH,
  });
  for (const proof of due) {
    await recheckDomainProof(app, proof, SYSTEM_CALLER).catch((error: unknown) => {
      // The proof was restarted concurrently.
      if (!isAppError(error) || error.code !== 'conflict') throw error;
    });
  }
}
