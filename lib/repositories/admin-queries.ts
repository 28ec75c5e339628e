// Registries and reports as site admins see them. Callers authorize.
import { registryAddress } from '#lib/publishers/registry-address.ts';
import { OF_A_PERSON } from '#lib/identity/accounts/people.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { escapeLike } from '#lib/platform/pg/escape-like.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import { NOT_DELETED } from '#lib/publishers/deleted-registry.ts';
import { sumRegistryTotals } from './registry-totals.sql.ts';
import type { ReportStatus } from './schema.ts';
import { LIVE_PROOFS, toVerification } from '#lib/publishers/verification/verification.ts';

export type Page<Row> = { rows: Row[]; total: number };

export type RegistryRow = {
  registryId: string;
  displayName: string;
  /** Set even if the gallery hides it. */
  logoId: string | null;
  /** Whether it has a text or link of its own on its page. */
  hasProfile: boolean;
  primaryAlias: string;
  aliases: string[];
  isVerified: boolean;
  isDemo: boolean;
  /** As stored in the row (see registry-quota.ts). */
  quotaBytes: bigint | null;
  /** What counts towards the quota, without open uploads. */
  storedBytes: number;
  /** Of all time. */
  pullCount: number;
  memberCount: number;
  repositoryCount: number;
  createdAt: Date;
};

/** `query` is part of an alias or display name, or the 12 digits. */
export async function listAllRegistries(
  app: { db: Db },
  { query, offset, limit }: { query: string; offset: number; limit: number },
): Promise<Page<RegistryRow>> {
  const contains = { contains: escapeLike(query.trim()), mode: 'insensitive' } as const;
  const where: Prisma.RegistryWhereInput = query.trim()
    ? { OR: [{ registryId: query.trim() }, { displayName: contains }, { aliases: { some: { name: contains } } }] }
    : { id: NOT_DELETED };
  const [rows, total] = await Promise.all([
    app.db.registry.findMany({
      where,
      orderBy: { id: 'desc' },
      skip: offset,
      take: limit,
      include: {
        domainProofs: LIVE_PROOFS,
        primaryAlias: { select: { name: true } },
        aliases: { where: { status: 'active' }, orderBy: { id: 'asc' }, select: { name: true } },
        _count: { select: { members: { where: OF_A_PERSON }, repositories: true } },
      },
    }),
    app.db.registry.count({ where }),
  ]);
  const totals = await sumRegistryTotals(
    app,
    rows.map(({ id }) => id),
  );
  const totalsOf = new Map(totals.map((row) => [row.registryKey, row]));
  return {
    total,
    rows: rows.map(
      ({
        id,
        registryId,
        displayName,
        logoId,
        primaryAlias,
        aliases,
        isDemo,
        quotaBytes,
        createdAt,
        _count,
        ...registry
      }) => ({
        registryId,
        displayName,
        logoId,
        isDemo,
        quotaBytes,
        createdAt,
        primaryAlias: primaryAlias?.name ?? registryId,
        aliases: aliases.map(({ name }) => name),
        hasProfile: [registry.bio, registry.website, registry.sourceUrl, registry.contact].some((text) => text !== ''),
        isVerified: toVerification(registry) !== null,
        storedBytes: totalsOf.get(id)?.storedBytes ?? 0,
        pullCount: totalsOf.get(id)?.pullCount ?? 0,
        memberCount: _count.members,
        repositoryCount: _count.repositories,
      }),
    ),
  };
}

export type QuarantinedRow = { fullName: string; reason: string; quarantinedAt: Date };

/** Latest first. */
export async function listQuarantined(app: { db: Db }): Promise<QuarantinedRow[]> {
  const repositories = await app.db.repository.findMany({
    where: { quarantinedAt: { not: null }, registryKey: NOT_DELETED },
    orderBy: { quarantinedAt: 'desc' },
    take: 500,
    include: { registry: { include: { primaryAlias: { select: { name: true } } } } },
  });
  return repositories.map(({ name, quarantineReason, quarantinedAt, registry }) => ({
    fullName: `${registryAddress(registry)}/${name}`,
    reason: quarantineReason ?? '',
    quarantinedAt: quarantinedAt ?? new Date(0),
  }));
}

export type ReportRow = {
  id: string;
  target: string;
  reason: string;
  text: string;
  email: string | null;
  status: ReportStatus;
  createdAt: Date;
  handledAt: Date | null;
};

/** Open reports oldest first, handled ones latest first. */
export async function listReports(
  app: { db: Db },
  { status, offset, limit }: { status: ReportStatus; offset: number; limit: number },
): Promise<Page<ReportRow>> {
  const [rows, total] = await Promise.all([
    app.db.report.findMany({
      where: { status },
      orderBy: { createdAt: status === 'open' ? 'asc' : 'desc' },
      skip: offset,
      take: limit,
      omit: { address: true, handledById: true },
    }),
    app.db.report.count({ where: { status } }),
  ]);
  return { rows, total };
}
