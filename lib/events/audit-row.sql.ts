import { Prisma } from '#lib/platform/prisma/client.ts';
import type { SqlStatement } from '#lib/platform/pg/run-statement.ts';

/** A missing field is stored as NULL. */
export type AuditColumns = {
  event_id: string | null | undefined;
  actor_id: string | undefined;
  actor_label: string;
  address: string | null;
  user_agent: string | null | undefined;
  request_id: string | null;
  /** An integer. */
  registry_id: string | undefined;
  action: string;
  target: string;
  before: object | undefined;
  after: object | undefined;
  credential: string | null | undefined;
  access_token_id: string | null | undefined;
  access_key_id: string | undefined;
};

const COLUMNS =
  'event_id, actor_id, actor_label, address, user_agent, request_id, registry_id, action, target, before, after, credential, access_token_id, access_key_id';
const TYPES = `
  event_id uuid, actor_id uuid, actor_label text, address text, user_agent text, request_id text, registry_id bigint, action text, target text,
  before jsonb, after jsonb, credential text, access_token_id uuid, access_key_id text`;
const INSERT = `
  INSERT INTO audit_events (${COLUMNS}) SELECT ${COLUMNS} FROM jsonb_to_recordset($1::jsonb) AS e (${TYPES})
  RETURNING id::text`;

/** Inserts rows in order and returns their ids in the same order. */
export function insertAudit(rows: AuditColumns[]): SqlStatement {
  return { name: 'record-audit', text: INSERT, values: [JSON.stringify(rows)] };
}

/** Inserts one row if `condition` holds, as a part of another statement. */
export function insertAuditIf(row: AuditColumns, condition: Prisma.Sql): Prisma.Sql {
  const [columns, types] = [Prisma.raw(COLUMNS), Prisma.raw(TYPES)];
  return Prisma.sql`
    INSERT INTO audit_events (${columns}) SELECT ${columns}
      FROM jsonb_to_recordset(${JSON.stringify([row])}::jsonb) AS e (${types}) WHERE ${condition}`;
}
