import { Prisma } from '#lib/platform/prisma/client.ts';
import type { DbOrTx } from '#lib/platform/pg/db.ts';
import type { ExpandedQuery } from '#lib/search/query/expand-query.ts';
import type { PublisherHit } from '#lib/search/schema.ts';

type Row = {
  alias: string;
  display_name: string;
  logo_id: string | null;
  verified: boolean;
  repository_count: number;
};

/** Suggests publishers with a pullable image whose alias or name begins with the query or its correction. */
export async function suggestPublishers(db: DbOrTx, query: ExpandedQuery, limit: number): Promise<PublisherHit[]> {
  const texts = [query.text, query.correction].filter((text) => text !== null && text !== '');
  if (texts.length === 0) return [];
  const begins = texts.map((text) => `${(text ?? '').replace(/[\\%_]/g, '\\$&')}%`);
  const matches = begins.map((pattern) => Prisma.sql`primary_alias LIKE ${pattern} OR publisher_name LIKE ${pattern}`);
  const rows = await db.$queryRaw<Row[]>`
    WITH found AS (
      SELECT registry_id, primary_alias AS alias, min(display_name) AS display_name, bool_or(verified) AS verified,
             count(*)::int AS repository_count
        FROM search_repositories WHERE ${Prisma.join(matches, ' OR ')} OR aliases && ${texts}::text[]
       GROUP BY registry_id, primary_alias
       ORDER BY primary_alias = ANY (${texts}::text[]) DESC, bool_or(verified) DESC, sum(pull_count) DESC, primary_alias
       LIMIT ${limit}
    )
    -- Show the logo only together with the name.
    SELECT found.*, CASE WHEN found.display_name <> '' THEN registries.logo_id END AS logo_id
      FROM found JOIN registries ON registries.id = found.registry_id
     ORDER BY found.alias = ANY (${texts}::text[]) DESC, found.verified DESC, found.repository_count DESC, found.alias`;
  return rows.map((row) => ({
    alias: row.alias,
    displayName: row.display_name,
    logoId: row.logo_id,
    verified: row.verified,
    repositoryCount: row.repository_count,
  }));
}
