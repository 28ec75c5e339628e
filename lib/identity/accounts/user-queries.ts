// Queries for the admin's user list. Callers authorize.
import type { Db } from '#lib/platform/pg/db.ts';
import { escapeLike } from '#lib/platform/pg/escape-like.ts';
import type { Prisma } from '#lib/platform/prisma/client.ts';
import type { SiteRole } from '#lib/access/schema.ts';
import { IS_PERSON } from './people.ts';

export type UserRow = {
  id: string;
  email: string;
  displayName: string;
  role: SiteRole;
  disabledAt: Date | null;
  createdAt: Date;
  lastSignInAt: Date | null;
  /** Null if the address is unproven. */
  emailProvenAt: Date | null;
  /** Whether the user has a passkey or an authenticator app. */
  hasFactor: boolean;
};

export type UserQuery = {
  /** Substring of the email address or name. */
  query: string;
  role: SiteRole | null;
  /** The exact address. */
  email?: string | undefined;
  /** At the identity provider. */
  subject?: string | undefined;
  offset: number;
  limit: number;
};

/** Lists people, newest first. */
export async function listUsers(
  app: { db: Db },
  { query, role, email, subject, offset, limit }: UserQuery,
): Promise<{ rows: UserRow[]; total: number }> {
  const contains = { contains: escapeLike(query.trim()), mode: 'insensitive' } as const;
  const where: Prisma.UserWhereInput = {
    ...IS_PERSON,
    ...(role && { role }),
    ...(email !== undefined && { email: email.trim().toLowerCase() }),
    ...(subject !== undefined && { oidcIdentities: { some: { subject } } }),
    ...(query.trim() && { OR: [{ email: contains }, { displayName: contains }] }),
  };
  const [rows, total] = await Promise.all([
    app.db.user.findMany({
      where,
      orderBy: { id: 'desc' },
      skip: offset,
      take: limit,
      omit: { passwordHash: true },
      include: {
        passkeys: { select: { id: true }, take: 1 },
        totpFactor: { select: { confirmedAt: true } },
      },
    }),
    app.db.user.count({ where }),
  ]);
  return {
    rows: rows.map(({ passkeys, totpFactor, ...user }) => ({
      ...user,
      hasFactor: passkeys.length > 0 || totpFactor?.confirmedAt != null,
    })),
    total,
  };
}
