// Who did what. A row is written in the transaction of the change it tells of, and never changed.
import type { DbOrTx } from '#lib/platform/db.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';

/** Who is recorded: structurally an identity `Caller`; null stands for the system itself. */
export type AuditCaller = {
  actor: { userId: string; email: string };
  address: string | null;
  requestId: string | null;
} | null;

export type AuditEntry = {
  caller: AuditCaller;
  /** Internal id of the registry that the change belongs to; its members may read the row. */
  registryId?: bigint | null;
  /** `noun.verb`, such as `repository.create` or `tag.move`. */
  action: string;
  target: string;
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
};

export async function recordAudit(tx: DbOrTx, entry: AuditEntry): Promise<void> {
  const { caller, registryId, action, target, before, after } = entry;
  await tx.auditEvent.create({
    data: {
      actorId: caller?.actor.userId ?? null,
      actorLabel: caller?.actor.email ?? 'system',
      address: caller?.address ?? null,
      requestId: caller?.requestId ?? null,
      registryId: registryId ?? null,
      action,
      target,
      ...(before && { before }),
      ...(after && { after }),
    },
  });
}
