// Search on Postgres alone: trigrams for names with typos, full text for words, exact names always first.
import { Prisma } from '#lib/platform/prisma/client.ts';
import type { Db, DbOrTx } from '#lib/platform/db.ts';
import type { SearchIndex } from './search-index.ts';
import { normaliseQuery } from './parse-query.ts';
import {
  KINDS,
  MAX_FACET_VALUES,
  type SearchDocument,
  type SearchFacets,
  type SearchFilters,
  type SearchHit,
  type SearchQuery,
  type Sort,
} from './schema.ts';

/** How alike a name must be to a word of the query, 0 to 1: `ngnix` still finds `nginx`, `redis` does not find `reduce`. */
const WORD_SIMILARITY = 0.3;

type Row = {
  alias: string;
  name: string;
  display_name: string;
  logo_id: string | null;
  description: string;
  operating_systems: string[];
  architectures: string[];
  kind: string;
  verified: boolean;
  pull_count: bigint;
  pushed_at: Date;
  total: bigint;
};

type FacetRow = { facet: keyof SearchFacets; value: string; count: bigint };

export function createPostgresIndex(db: Db): SearchIndex {
  return {
    search: async (query) => {
      const rows = await queryAlike<Row>(db, searchSql(query));
      if (rows.length > 0 || query.offset === 0) return { hits: rows.map(toHit), total: Number(rows[0]?.total ?? 0) };
      // Past the last page no row carries the total.
      const first = await createPostgresIndex(db).search({ ...query, offset: 0, limit: 1 });
      return { hits: [], total: first.total };
    },
    countFacets: async (query) => toFacets(await queryAlike<FacetRow>(db, facetSql(query))),
    upsert: async (documents) => {
      for (const document of documents) await upsertDocument(db, document);
    },
    remove: async (repositoryIds) => {
      await db.searchDocument.deleteMany({ where: { repositoryId: { in: repositoryIds } } });
    },
  };
}

/** With the threshold that `<%` goes by, for this statement alone. */
function queryAlike<Found>(db: Db, sql: Prisma.Sql): Promise<Found[]> {
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT set_config('pg_trgm.word_similarity_threshold', ${String(WORD_SIMILARITY)}, true)`;
    return tx.$queryRaw<Found[]>(sql);
  });
}

function searchSql({ query, filters, sort, offset, limit }: SearchQuery): Prisma.Sql {
  const text = normaliseQuery(query);
  const { match, score } = text ? textMatch(text) : { match: Prisma.sql`true`, score: Prisma.sql`0` };
  return Prisma.sql`
    SELECT aliases[1] AS alias, name, display_name, logo_id, description, operating_systems, architectures, kind,
           verified, pull_count, pushed_at, count(*) OVER () AS total
      FROM search_documents
     WHERE ${Prisma.join([match, ...filterSql(filters)], ' AND ')}
     ORDER BY ${orderSql(text ? sort : sort === 'relevance' ? 'pulls' : sort, score)}
     OFFSET ${offset} LIMIT ${limit}`;
}

/** The text is matched once; each group then counts what all the other groups leave of it. */
function facetSql({ query, filters }: Pick<SearchQuery, 'query' | 'filters'>): Prisma.Sql {
  const text = normaliseQuery(query);
  const match = text ? textMatch(text).match : Prisma.sql`true`;
  const { os, architecture, kind, isVerified, alias } = filters;
  const only = (filter: SearchFilters) => Prisma.join([Prisma.sql`true`, ...filterSql(filter)], ' AND ');
  return Prisma.sql`
    WITH matched AS MATERIALIZED (
      SELECT operating_systems, architectures, kind, verified, (${only({ os })}) AS in_os,
             (${only({ architecture })}) AS in_architecture, (${only({ kind })}) AS in_kind,
             (${only({ isVerified })}) AS in_verified
        FROM search_documents WHERE ${match} AND ${only({ alias })}
    )
    (SELECT 'os' AS facet, value, count(*) FROM matched, unnest(operating_systems) AS value
      WHERE in_architecture AND in_kind AND in_verified GROUP BY value ORDER BY count DESC, value LIMIT ${MAX_FACET_VALUES})
    UNION ALL
    (SELECT 'architecture', value, count(*) FROM matched, unnest(architectures) AS value
      WHERE in_os AND in_kind AND in_verified GROUP BY value ORDER BY count DESC, value LIMIT ${MAX_FACET_VALUES})
    UNION ALL
    (SELECT 'kind', kind, count(*) FROM matched
      WHERE in_os AND in_architecture AND in_verified GROUP BY kind ORDER BY count DESC, kind)
    UNION ALL
    (SELECT 'verified', '1', count(*) FROM matched
      WHERE verified AND in_os AND in_architecture AND in_kind HAVING count(*) > 0)`;
}

/** Exact names beat exact aliases, these beat beginnings, these beat words, and likeness comes last. */
function textMatch(text: string): { match: Prisma.Sql; score: Prisma.Sql } {
  const prefix = `${text.replace(/[\\%_]/g, '\\$&')}%`;
  const words = Prisma.sql`(websearch_to_tsquery('simple', ${text}) || websearch_to_tsquery('english', ${text}))`;
  const match = Prisma.sql`(${text} <% name_text OR full_text @@ ${words} OR name_text LIKE ${`%${prefix}`})`;
  const score = Prisma.sql`(
    CASE WHEN ${text} = ANY (SELECT a || '/' || name FROM unnest(aliases) AS a) THEN 1000
         WHEN name = ${text} THEN 900
         WHEN regexp_replace(name, '^.*/', '') = ${text} THEN 800
         WHEN ${text} = ANY (aliases) THEN 700
         WHEN lower(display_name) = ${text} THEN 650
         WHEN name LIKE ${prefix} THEN 500
         WHEN EXISTS (SELECT FROM unnest(aliases) AS a WHERE a LIKE ${prefix}) THEN 450
         ELSE 0 END
    + 200 * word_similarity(${text}, name_text)
    + 100 * ts_rank(full_text, ${words})
    + least(20, 4 * log(1 + pull_count::float8)))`;
  return { match, score };
}

function filterSql({ os, architecture, kind, alias, isVerified }: SearchFilters): Prisma.Sql[] {
  return [
    ...(os ? [Prisma.sql`${os} = ANY (operating_systems)`] : []),
    ...(architecture ? [Prisma.sql`${architecture} = ANY (architectures)`] : []),
    ...(isVerified ? [Prisma.sql`verified`] : []),
    ...(kind ? [Prisma.sql`kind = ${kind}`] : []),
    ...(alias ? [Prisma.sql`${alias} = ANY (aliases)`] : []),
  ];
}

/** Always ends in a unique key, so that pages never repeat or lose a row. */
function orderSql(sort: Sort, score: Prisma.Sql): Prisma.Sql {
  const orders: Record<Sort, Prisma.Sql> = {
    relevance: Prisma.sql`${score} DESC, pull_count DESC, repository_id`,
    pulls: Prisma.sql`pull_count DESC, pushed_at DESC, repository_id`,
    updated: Prisma.sql`pushed_at DESC, repository_id`,
    name: Prisma.sql`name, aliases[1], repository_id`,
  };
  return orders[sort];
}

async function upsertDocument(db: DbOrTx, document: SearchDocument): Promise<void> {
  const { repositoryId, aliases, name, displayName, description, operatingSystems, architectures } = document;
  const { logoId, kind, verified, pullCount, pushedAt } = document;
  const spaced = name.replace(/[._/-]+/g, ' ');
  const joined = name.replace(/[._/-]+/g, '');
  const nameText = [...new Set([...aliases.map((alias) => `${alias}/${name}`), name, spaced, joined])].join(' ');
  const nameWords = [...aliases, name, spaced, displayName].join(' ');
  await db.$executeRaw`
    INSERT INTO search_documents (repository_id, aliases, name, name_text, display_name, logo_id, description,
                                  operating_systems, architectures, kind, verified, pull_count, pushed_at, full_text)
    VALUES (${repositoryId}, ${aliases}, ${name}, ${nameText}, ${displayName}, ${logoId}::uuid, ${description},
            ${operatingSystems}, ${architectures}, ${kind}, ${verified}, ${pullCount}, ${pushedAt},
            setweight(to_tsvector('simple', ${nameWords}), 'A') || setweight(to_tsvector('english', ${description}), 'C'))
    ON CONFLICT (repository_id) DO UPDATE SET
      aliases = excluded.aliases, name = excluded.name, name_text = excluded.name_text,
      display_name = excluded.display_name, logo_id = excluded.logo_id, description = excluded.description,
      operating_systems = excluded.operating_systems, architectures = excluded.architectures, kind = excluded.kind,
      verified = excluded.verified, pull_count = excluded.pull_count, pushed_at = excluded.pushed_at,
      full_text = excluded.full_text`;
}

function toHit(row: Row): SearchHit {
  return {
    alias: row.alias,
    name: row.name,
    displayName: row.display_name,
    logoId: row.logo_id,
    description: row.description,
    operatingSystems: row.operating_systems,
    architectures: row.architectures,
    kind: KINDS.find((kind) => kind === row.kind) ?? 'artifact',
    verified: row.verified,
    pullCount: Number(row.pull_count),
    pushedAt: row.pushed_at,
  };
}

function toFacets(rows: FacetRow[]): SearchFacets {
  const facets: SearchFacets = { os: [], architecture: [], kind: [], verified: [] };
  for (const { facet, value, count } of rows) facets[facet].push({ value, count: Number(count) });
  return facets;
}
