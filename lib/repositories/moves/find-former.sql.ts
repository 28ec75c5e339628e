import type pg from 'pg';
import {
  HOME_COLUMNS,
  JOIN_HOME,
  OWNER_COLUMNS,
  PULLED_COLUMNS,
  type OwnerRow,
  type PulledRow,
} from '#lib/repositories/find-repository.sql.ts';

/** The repository that had a name, its address now, and the registry that has it now. */
export type FormerRow = PulledRow & OwnerRow & { current_name: string; current_alias: string };

const FIND_FORMER = `
  SELECT ${PULLED_COLUMNS}, r.name AS current_name, coalesce(p.name, g.registry_id) AS current_alias,
         ${OWNER_COLUMNS}, ${HOME_COLUMNS}
    FROM aliases a
    JOIN former_names f ON f.registry_id = a.registry_id AND f.name = $2
    JOIN repositories r ON r.id = f.repository_id
    JOIN registries g ON g.id = r.registry_id
    LEFT JOIN aliases p ON p.id = g.primary_alias_id
    LEFT JOIN members m ON m.registry_id = r.registry_id AND m.user_id = $3
    ${JOIN_HOME}
   WHERE a.name = $1 AND a.status = 'active'`;

/** Finds the repository that had a name before. The caller has found none that has it now. */
export async function findFormerRow(
  pool: Pick<pg.Pool, 'query'>,
  { alias, name, userId }: { alias: string; name: string; userId: string | null },
): Promise<FormerRow | null> {
  const values = [alias, name, userId];
  const { rows } = await pool.query<FormerRow>({ name: 'find-former-name', text: FIND_FORMER, values });
  return rows[0] ?? null;
}
