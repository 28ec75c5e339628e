import { registryAddress } from '#lib/publishers/registry-address.ts';
import { authorize } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import { REGISTRY_ROLES, wordRole, type UserCaller, type RegistryRole } from '#lib/access/schema.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { countInvitationMail } from '#lib/identity/sign-up/limit-sign-up.ts';
import { createLinkSecret, hashSecret } from '#lib/identity/credentials/secrets.ts';
import type { PublisherConfig } from '#lib/publishers/publisher-config.ts';
import type { ServerConfig } from '#lib/platform/config/server-config.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Mailer } from '#lib/platform/net/mailer.ts';
import { toOneLine } from '#lib/platform/one-line.ts';
import { parseInput } from '#lib/platform/parse-input.ts';
import { lockMembers } from './member-store.ts';
import { shownBranding } from '#lib/publishers/branding.ts';
import { LIVE_PROOFS } from '#lib/publishers/verification/verification.ts';

const INVITATION_DAYS = 7;
const MAX_OPEN_INVITATIONS = 50;

const inputSchema = z.object({ email: emailSchema, role: z.enum(REGISTRY_ROLES) });

export type InviteMemberInput = { caller: UserCaller; registryKey: bigint; email: string; role: RegistryRole };

export type CreatedInvitation = {
  id: string;
  email: string;
  role: RegistryRole;
  expiresAt: Date;
  /** Contains the secret, which is shown only once and stored as a hash. Anyone who has it can join. */
  link: string;
  /** False if there is no mail server or it failed. The link must then be shared in another way. */
  isEmailSent: boolean;
};

type InviteApp = { db: Db; config: PublisherConfig & ServerConfig; mailer: Mailer | null; log: Log };

/**
 * Invites someone by email. Replaces an earlier invitation to the same address.
 * @throws AppError `invalid_input`, `forbidden`, `conflict`, `rate_limited`
 */
export async function inviteMember(app: InviteApp, input: InviteMemberInput): Promise<CreatedInvitation> {
  const { caller, registryKey } = input;
  const { email, role } = parseInput(inputSchema, input);
  const secret = createLinkSecret();
  const expiresAt = new Date(Date.now() + INVITATION_DAYS * 86_400_000);
  const { id, publisher } = await app.db.$transaction(async (tx) => {
    await lockMembers(tx, registryKey, caller);
    const asked = { action: 'vitrine:ManageMembers', registryKey, facts: { toRole: role } } as const;
    await authorize({ db: tx }, { ...caller, ...asked });
    if ((await tx.member.count({ where: { registryKey, user: { email } } })) > 0) {
      throw new AppError('conflict', `${email} is already a member.`);
    }
    if (app.mailer) await countInvitationMail({ db: tx }, { userId: caller.principal.userId, registryKey, email });
    const open = { registryKey, acceptedAt: null, revokedAt: null };
    await tx.invitation.updateMany({ where: { ...open, email }, data: { revokedAt: new Date() } });
    if ((await tx.invitation.count({ where: { ...open, expiresAt: { gt: new Date() } } })) >= MAX_OPEN_INVITATIONS) {
      throw new AppError(
        'conflict',
        `This registry has reached the limit of ${MAX_OPEN_INVITATIONS} open invitations. Revoke one first.`,
      );
    }
    const data = { registryKey, email, role, secretHash: hashSecret(secret), invitedById: caller.principal.userId };
    const invitation = await tx.invitation.create({
      data: { ...data, expiresAt },
      include: { registry: { include: { primaryAlias: true, domainProofs: LIVE_PROOFS } } },
    });
    await recordChange(tx, {
      caller,
      registryKey,
      type: 'invitation.create',
      resource: { name: email },
      after: { role },
    });
    const { registry } = invitation;
    const { displayName } = shownBranding(app.config.publisherBranding, registry);
    return { id: invitation.id, publisher: displayName || registryAddress(registry) };
  });
  const link = `${app.config.publicUrl}/console/invitation?secret=${secret}`;
  const isEmailSent = await sendInvitation(app, {
    email,
    role,
    link,
    publisher,
    inviter: caller.principal.displayName,
  });
  return { id, email, role, expiresAt, link, isEmailSent };
}

type InvitationEmail = { email: string; role: RegistryRole; link: string; publisher: string; inviter: string };

/** Sends synchronously, because a job's row would store the secret. */
async function sendInvitation(
  app: InviteApp,
  { email, role, link, publisher, inviter }: InvitationEmail,
): Promise<boolean> {
  if (!app.mailer) return false;
  const site = app.config.publicUrl;
  // Names are user input, so they are quoted and stripped of line breaks. They may predate name validation.
  const text =
    `This is an invitation from the container registry at ${site}.\n\n` +
    `A user named ${quote(inviter)} invites you to join the registry ${quote(publisher)} as ${wordRole(role)}.\n\n` +
    `Open this link within ${INVITATION_DAYS} days to accept:\n${link}\n\n` +
    `If you don't expect this invitation, ignore this email.\n`;
  try {
    await app.mailer.send({ to: email, subject: `Invitation to a registry at ${new URL(site).host}`, text });
    return true;
  } catch (error) {
    app.log.warn({ err: error }, 'failed to send an invitation email');
    return false;
  }
}

function quote(name: string): string {
  return `"${toOneLine(name).replace(/[“”"]/g, "'")}"`;
}
