// How many bytes of blobs a registry may have, and how many it has.
import type pg from 'pg';
import { z } from 'zod';
import { byteSize } from '#lib/platform/config/byte-size.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/** As `registries.quota_bytes` says it. */
const UNLIMITED = -1n;

/** A registry, and what its row says of its quota; null: the site's default holds. */
export type RegistryQuota = { registryKey: bigint; quotaBytes: bigint | null };

/** Null: no limit. */
export function resolveQuota(config: Pick<Config, 'registryQuotaBytes'>, quotaBytes: bigint | null): number | null {
  if (quotaBytes === null) return config.registryQuotaBytes;
  return quotaBytes === UNLIMITED ? null : Number(quotaBytes);
}

const MAX_QUOTA_BYTES = 2 ** 53 - 1;
const WRONG_QUOTA = 'Enter a size such as 10GB, or “unlimited” or “default”.';

/** `10GB`, `unlimited` or `default` → `quota_bytes`. */
export const quotaSchema = z
  .string()
  .trim()
  .max(40, WRONG_QUOTA)
  .transform((text, context): bigint | null => {
    if (/^default$/i.test(text)) return null;
    if (/^unlimited$/i.test(text)) return UNLIMITED;
    const { data } = byteSize.safeParse(text);
    if (data && data <= MAX_QUOTA_BYTES) return BigInt(data);
    context.addIssue({ code: 'custom', message: WRONG_QUOTA });
    return z.NEVER;
  });

/** `storedBytes`: of distinct blobs, also those of what was deleted and can be restored. `stagedBytes`: of open uploads. */
export type RegistryUsage = { storedBytes: number; stagedBytes: number };

// What mirrors cache is bounded by CACHE_SIZE, unless it is pinned. What can be restored is kept for this registry alone.
const COUNTED = `(r.upstream_id IS NULL OR r.is_pinned)
  AND (r.registry_id = $1 OR r.id IN (SELECT d.holding_id FROM deletions d WHERE d.registry_id = $1))`;

const READ_USAGE = `
  SELECT (SELECT coalesce(sum(size_bytes), 0) FROM blobs WHERE id IN (
            SELECT l.blob_id FROM repositories r JOIN repository_blobs l ON l.repository_id = r.id WHERE ${COUNTED}
         )) AS stored_bytes,
         (SELECT coalesce(sum(u.offset_bytes), 0) FROM repositories r JOIN uploads u ON u.repository_id = r.id
           WHERE r.registry_id = $1) AS staged_bytes`;

/** Adds it up, which takes longer the more blobs there are. */
export async function readRegistryUsage({ pool }: { pool: pg.Pool }, registryKey: bigint): Promise<RegistryUsage> {
  const { rows } = await pool.query<{ stored_bytes: string; staged_bytes: string }>({
    name: 'read-registry-usage',
    text: READ_USAGE,
    values: [registryKey],
  });
  return { storedBytes: Number(rows[0]?.stored_bytes), stagedBytes: Number(rows[0]?.staged_bytes) };
}

/** The same beside the quota; `quotaBytes` null: no limit. */
export async function describeUsage(
  app: { pool: pg.Pool; db: Db; config: Pick<Config, 'registryQuotaBytes'> },
  registryKey: bigint,
): Promise<RegistryUsage & { quotaBytes: number | null }> {
  const where = { id: registryKey };
  const { quotaBytes } = await app.db.registry.findUniqueOrThrow({ where, select: { quotaBytes: true } });
  return { ...(await readRegistryUsage(app, registryKey)), quotaBytes: resolveQuota(app.config, quotaBytes) };
}

/** The size of a blob that counts for the registry already; null: it has none under this digest. */
export async function findCountedBlob(
  { pool }: { pool: pg.Pool },
  { registryKey, digest }: { registryKey: bigint; digest: string },
): Promise<number | null> {
  const { rows } = await pool.query<{ size_bytes: string }>(
    `SELECT b.size_bytes FROM repositories r JOIN repository_blobs l ON l.repository_id = r.id AND l.digest = $2
       JOIN blobs b ON b.id = l.blob_id WHERE ${COUNTED} LIMIT 1`,
    [registryKey, digest],
  );
  return rows[0] ? Number(rows[0].size_bytes) : null;
}

export async function findBlobSize({ pool }: { pool: pg.Pool }, blobId: bigint): Promise<number> {
  const { rows } = await pool.query<{ size_bytes: string }>('SELECT size_bytes FROM blobs WHERE id = $1', [blobId]);
  return Number(rows[0]?.size_bytes ?? 0);
}
