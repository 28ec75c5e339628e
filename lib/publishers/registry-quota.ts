// Storage quotas of registries and their usage.
import type pg from 'pg';
import { z } from 'zod';
import { byteSize } from '#lib/platform/config/byte-size.ts';
import type { PublisherConfig } from './publisher-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { readRegistryUsage, type RegistryUsage } from './registry-quota.sql.ts';

/** The value of `registries.quota_bytes` for no limit. */
const UNLIMITED = -1n;

/** `quotaBytes` as stored; null for the site's default. */
export type RegistryQuota = { registryKey: bigint; quotaBytes: bigint | null };

/** Resolves the stored quota. Returns null if unlimited. */
export function resolveQuota(
  config: Pick<PublisherConfig, 'registryQuotaBytes'>,
  quotaBytes: bigint | null,
): number | null {
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

/** Computes the usage and the quota. `quotaBytes` is null if unlimited. */
export async function describeUsage(
  app: { pool: pg.Pool; db: Db; config: Pick<PublisherConfig, 'registryQuotaBytes'> },
  registryKey: bigint,
): Promise<RegistryUsage & { quotaBytes: number | null }> {
  const where = { id: registryKey };
  const { quotaBytes } = await app.db.registry.findUniqueOrThrow({ where, select: { quotaBytes: true } });
  return { ...(await readRegistryUsage(app, registryKey)), quotaBytes: resolveQuota(app.config, quotaBytes) };
}
