import type { DbOrTx } from '#lib/platform/pg/db.ts';

export async function readServer(db: DbOrTx): Promise<{ postgres: string; sizeBytes: bigint } | null> {
  const [row] = await db.$queryRaw<{ postgres: string; sizeBytes: bigint }[]>`
    SELECT current_setting('server_version') AS postgres, pg_database_size(current_database()) AS "sizeBytes"`;
  return row ?? null;
}
