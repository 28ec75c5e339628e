import type pg from 'pg';

export type PullColumns = {
  at: Date;
  last_at: Date;
  count: number;
  /** An integer. */
  registry_id: string;
  full_name: string;
  repository_name: string;
  tag: string | null;
  digest: string | null;
  actor_id: string | null;
  credential: string | null;
  access_token_id: string | null;
  access_key_id: string | null;
  address: string | null;
  user_agent: string | null;
};

const INSERT = `
  INSERT INTO audit_pulls (
    at, last_at, count, registry_id, full_name, repository_name, tag, digest, actor_id, actor_label, is_member,
    credential, access_token_id, access_key_id, address, user_agent)
  SELECT p.at, p.last_at, p.count, p.registry_id, p.full_name, p.repository_name, p.tag, p.digest, p.actor_id,
         CASE WHEN p.actor_id IS NULL THEN 'anonymous' ELSE coalesce(u.email, 'deleted account') END,
         m.user_id IS NOT NULL, p.credential, p.access_token_id, p.access_key_id, p.address, p.user_agent
    FROM jsonb_to_recordset($1::jsonb) AS p (
      at timestamptz, last_at timestamptz, count int, registry_id bigint, full_name text, repository_name text, tag text,
      digest text, actor_id uuid, credential text, access_token_id uuid, access_key_id text, address text, user_agent text)
    LEFT JOIN users u ON u.id = p.actor_id
    LEFT JOIN members m ON m.user_id = p.actor_id AND m.registry_id = p.registry_id
   ORDER BY p.at`;

/** Inserts rows with each actor's current email address and membership in the registry. */
export async function insertPulls(pool: pg.Pool, rows: PullColumns[]): Promise<void> {
  await pool.query({ name: 'record-pulls', text: INSERT, values: [JSON.stringify(rows)] });
}
