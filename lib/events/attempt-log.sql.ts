import type pg from 'pg';

export async function drawAuditIds(pool: pg.Pool, count: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT nextval('audit_events_id_seq') AS id FROM generate_series(1, $1::int)`,
    [count],
  );
  return rows.map(({ id }) => id);
}

export type AttemptColumns = {
  id: string | null;
  at: Date;
  last_at: Date;
  count: number;
  actor_id: string | null;
  /** If missing or unknown, the row belongs to no registry. */
  alias: string | null | undefined;
  action: string;
  target: string;
  after: object | null;
  address: string | null;
  user_agent: string | null;
  credential: string | null | undefined;
  access_token_id: string | null | undefined;
  access_key_id: string | null | undefined;
};

const UPSERT = `
  INSERT INTO audit_events (
    id, at, last_at, count, actor_id, actor_label, registry_id, action, target, after, address, user_agent, credential,
    access_token_id, access_key_id)
  SELECT t.id, t.at, t.last_at, t.count, t.actor_id,
         CASE WHEN t.actor_id IS NULL THEN 'anonymous' ELSE coalesce(u.email, 'deleted account') END,
         a.registry_id, t.action, t.target, t.after, t.address, t.user_agent, t.credential, t.access_token_id, t.access_key_id
    FROM jsonb_to_recordset($1::jsonb) AS t (
      id bigint, at timestamptz, last_at timestamptz, count int, actor_id uuid, alias text, action text, target text,
      after jsonb, address text, user_agent text, credential text, access_token_id uuid, access_key_id text)
    LEFT JOIN users u ON u.id = t.actor_id
    LEFT JOIN aliases a ON a.name = t.alias AND a.status = 'active'
  ON CONFLICT (id) DO UPDATE SET count = audit_events.count + excluded.count, last_at = excluded.last_at`;

/** Inserts rows, and adds to the counts of those that exist. */
export async function saveAttempts(pool: pg.Pool, rows: AttemptColumns[]): Promise<void> {
  await pool.query({ name: 'record-attempts', text: UPSERT, values: [JSON.stringify(rows)] });
}
