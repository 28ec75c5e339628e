import { Prisma } from '#lib/platform/prisma/client.ts';

/** What a `HitRow` consists of. */
export const HIT_COLUMNS = Prisma.sql`repository_id, primary_alias AS alias, name, display_name, logo_id, description,
  operating_systems, architectures, platforms, kind, verified, signed, deprecated, pull_count, star_count, pushed_at`;
