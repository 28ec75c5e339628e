// Who did what. A row is written in the transaction of the change it tells of, and never changed.
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { runStatement, type AnyTx } from '#lib/platform/run-statement.ts';

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

const INSERT = `
  INSERT INTO audit_events (actor_id, actor_label, address, request_id, registry_id, action, target, before, after)
  SELECT actor_id, actor_label, address, request_id, registry_id, action, target, before, after
    FROM jsonb_to_recordset($1::jsonb) AS e (
      actor_id uuid, actor_label text, address text, request_id text, registry_id bigint, action text, target text,
      before jsonb, after jsonb)`;

/** In the order in which they are given. */
export async function recordAudit(tx: AnyTx, ...entries: AuditEntry[]): Promise<void> {
  await runStatement(tx, { name: 'record-audit', text: INSERT, values: [JSON.stringify(entries.map(toRow))] });
}

function toRow({ caller, registryId, action, target, before, after }: AuditEntry) {
  return {
    ...{ actor_id: caller?.actor.userId, actor_label: caller?.actor.email ?? 'system' },
    ...{ address: caller?.address, request_id: caller?.requestId },
    ...{ registry_id: registryId?.toString(), action, target, before, after },
  };
}
