// Storage quotas of registries and their usage.
import type pg from 'pg';
import { z } from 'zod';
import { byteSize } from '#lib/platform/config/byte-size.ts';
import type { Config } from '#lib/platform/config/config.ts';
import type { Db } from '#lib/platform/pg/db.ts';

/** The value of `registries.quota_bytes` for no limit. */
const UNLIMITED = -1n;

/** `quotaBytes` as stored; null for the site's default. */
export type RegistryQuota = { registryKey: bigint; quotaBytes: bigint | null };

/** Resolves the stored quota. Returns null if unlimited. */
export function resolveQuota(config: Pick<Config, 'registryQuotaBytes'>, quotaBytes: bigint | null): number | null {
  if (quotaBytes === null) return config.registryQuotaBytes;
  return quotaBytes === UNLIMITED ? null : Number(quotaBytes);
}

const MAX_QUOTA_BYTES = 2 ** 53 - 1;
const WRONG_QUOTA = 'Enter a size such as 10GB, or “unlimited” or “default”.';

/** Parses `10GB`, `unlimited` or `default` to `quota_bytes`. */
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

/** `storedBytes`: distinct blobs, including restorable deleted content. `stagedBytes`: open uploads. */
export type RegistryUsage = { storedBytes: number; stagedBytes: number };

// Unpinned mirrors don't count, because CACHE_SIZE limits them. Restorable deleted content counts.
const COUNTED = `(r.upstream_id IS NULL OR r.is_pinned)
  AND (r.registry_id = $1 OR r.id IN (SELECT d.holding_id FROM deletions d WHERE d.registry_id = $1))`;

const READ_USAGE = `
  SELECT (SELECT coalesce(sum(size_bytes), 0) FROM blobs WHERE id IN (
            SELECT l.blob_id FROM repositories r JOIN repository_blobs l ON l.repository_id = r.id WHERE ${COUNTED}
         )) AS stored_bytes,
         (SELECT coalesce(sum(u.offset_bytes), 0) FROM repositories r JOIN uploads u ON u.repository_id = r.id
           WHERE r.registry_id = $1) AS staged_bytes`;

/** Computes the usage. The cost grows with the number of blobs. */
export async function readRegistryUsage({ pool }: { pool: pg.Pool }, registryKey: bigint): Promise<RegistryUsage> {
  const { rows } = await pool.query<{ stored_bytes: string; staged_bytes: string }>({
    name: 'read-registry-usage',
    text: READ_USAGE,
    values: [registryKey],
  });
  return { storedBytes: Number(rows[0]?.stored_bytes), stagedBytes: Number(rows[0]?.staged_bytes) };
}

/** Computes the usage and the quota. `quotaBytes` is null if unlimited. */
export async function describeUsage(
  app: { pool: pg.Pool; db: Db; config: Pick<Config, 'registryQuotaBytes'> },
  registryKey: bigint,
): Promise<RegistryUsage & { quotaBytes: number | null }> {
  const where = { id: registryKey };
  const { quotaBytes } = await app.db.registry.findUniqueOrThrow({ where, select: { quotaBytes: true } });
  return { ...(await readRegistryUsage(app, registryKey)), quotaBytes: resolveQuota(app.config, quotaBytes) };
}

/** Returns the size of a blob that already counts towards the registry's usage, or null. */
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
