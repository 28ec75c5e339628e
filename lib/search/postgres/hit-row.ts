import { KINDS, type SearchHit } from '#lib/search/schema.ts';

/** The columns of search_repositories that a hit shows. */
export type HitRow = {
  repository_id: bigint;
  alias: string;
  name: string;
  display_name: string;
  logo_id: string | null;
  description: string;
  operating_systems: string[];
  architectures: string[];
  platforms: string[];
  kind: string;
  verified: boolean;
  signed: boolean;
  deprecated: boolean;
  pull_count: bigint;
  star_count: number;
  pushed_at: Date;
};

export function toHit(row: HitRow): SearchHit {
  return {
    alias: row.alias,
    name: row.name,
    displayName: row.display_name,
    logoId: row.logo_id,
    description: row.description,
    operatingSystems: row.operating_systems,
    architectures: row.architectures,
    platforms: row.platforms,
    kind: KINDS.find((kind) => kind === row.kind) ?? 'artifact',
    verified: row.verified,
    signed: row.signed,
    deprecated: row.deprecated,
    pullCount: Number(row.pull_count),
    starCount: row.star_count,
    pushedAt: row.pushed_at,
  };
}
