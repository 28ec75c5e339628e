// Reads of members and invitations. Callers authorize.
import { registryAddress } from '#lib/publishers/registry-address.ts';
import type { RegistryRole } from '#lib/access/schema.ts';
import { OF_A_PERSON } from '#lib/identity/accounts/people.ts';
import { hashSecret } from '#lib/identity/credentials/secrets.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { shownBranding } from '#lib/publishers/branding.ts';
import { LIVE_PROOFS } from '#lib/publishers/verification/verification.ts';

export type MemberView = {
  userId: string;
  email: string;
  isEmailProven: boolean;
  displayName: string;
  role: RegistryRole;
  /** Whether their pulls leave the time of an image's last pull as it is. */
  arePullsExcluded: boolean;
  createdAt: Date;
};

/** Lists people by role, owners first, then by join date. Robots have a list of their own. */
export async function listMembers(app: { db: Db }, { registryKey }: { registryKey: bigint }): Promise<MemberView[]> {
  const members = await app.db.member.findMany({
    where: { registryKey, ...OF_A_PERSON },
    orderBy: [{ role: 'asc' }, { createdAt: 'asc' }],
    include: {
      user: { select: { email: true, displayName: true, emailProvenAt: true } },
      pullTimeExclusion: { select: { userId: true } },
    },
  });
  return members.map(({ userId, role, createdAt, pullTimeExclusion, user: { emailProvenAt, ...user } }) => ({
    userId,
    role,
    createdAt,
    ...user,
    isEmailProven: emailProvenAt !== null,
    arePullsExcluded: pullTimeExclusion !== null,
  }));
}

export type InvitationView = {
  id: string;
  email: string;
  role: RegistryRole;
  createdAt: Date;
  expiresAt: Date;
  isExpired: boolean;
};

/** Lists open and expired invitations, newest first. */
export async function listInvitations(
  app: { db: Db },
  { registryKey }: { registryKey: bigint },
): Promise<InvitationView[]> {
  const invitations = await app.db.invitation.findMany({
    where: { registryKey, acceptedAt: null, revokedAt: null },
    orderBy: { createdAt: 'desc' },
    select: { id: true, email: true, role: true, createdAt: true, expiresAt: true },
  });
  const now = new Date();
  return invitations.map((invitation) => ({ ...invitation, isExpired: invitation.expiresAt <= now }));
}

/** `publisher` is the registry's shown name, or its alias. */
export type OpenInvitation = { publisher: string; alias: string; role: RegistryRole; expiresAt: Date };

/** Finds the invitation of a link. Returns null if it was used, revoked or has expired. */
export async function findInvitation(
  app: { db: Db; config: Pick<PublisherConfig, 'publisherBranding'> },
  { secret }: { secret: string },
): Promise<OpenInvitation | null> {
  const invitation = await app.db.invitation.findFirst({
    where: { secretHash: hashSecret(secret), acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } },
    include: { registry: { include: { primaryAlias: { select: { name: true } }, domainProofs: LIVE_PROOFS } } },
  });
  if (!invitation) return null;
  const { role, expiresAt, registry } = invitation;
  const alias = registryAddress(registry);
  const { displayName } = shownBranding(app.config.publisherBranding, registry);
  return { role, expiresAt, publisher: displayName || alias, alias };
}
