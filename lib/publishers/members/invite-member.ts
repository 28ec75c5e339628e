import { authorize } from '#lib/access/authorize.ts';
import { z } from 'zod';
import { recordChange } from '#lib/events/record-change.ts';
import { REGISTRY_ROLES, type UserCaller, type RegistryRole } from '#lib/access/schema.ts';
import { emailSchema } from '#lib/identity/schema.ts';
import { countInvitationMail } from '#lib/identity/sign-up/limit-sign-up.ts';
import { createLinkSecret, hashSecret } from '#lib/identity/credentials/secrets.ts';
import type { Config } from '#lib/platform/config/config.ts';
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
  /** Holds the secret, which is shown this once; only its hash is kept. Whoever has it can join. */
  link: string;
  /** False without a mail server, and when that took no e-mail: hand the link over in another way. */
  isEmailSent: boolean;
};

type InviteApp = { db: Db; config: Config; mailer: Mailer | null; log: Log };

/** A second one to the same address takes the place of the first. @throws AppError `invalid_input`, `forbidden`, `conflict`, `rate_limited` */
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
      throw new AppError('conflict', `${email} is a member already.`);
    }
    if (app.mailer) await countInvitationMail({ db: tx }, { userId: caller.principal.userId, registryKey, email });
    const open = { registryKey, acceptedAt: null, revokedAt: null };
    await tx.invitation.updateMany({ where: { ...open, email }, data: { revokedAt: new Date() } });
    if ((await tx.invitation.count({ where: { ...open, expiresAt: { gt: new Date() } } })) >= MAX_OPEN_INVITATIONS) {
      throw new AppError('conflict', `${MAX_OPEN_INVITATIONS} invitations are open: revoke one first.`);
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
    return { id: invitation.id, publisher: displayName || (registry.primaryAlias?.name ?? registry.registryId) };
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

type Letter = { email: string; role: RegistryRole; link: string; publisher: string; inviter: string };

/** Not by a job: its row would keep the secret. */
async function sendInvitation(app: InviteApp, { email, role, link, publisher, inviter }: Letter): Promise<boolean> {
  if (!app.mailer) return false;
  const site = app.config.publicUrl;
  // Names are their owners' words: they stand in quotes behind ours, and those from before the rule for names lose what it refuses.
  const text =
    `This is an invitation from the container registry at ${site}.\n\n` +
    `A user who calls themself ${quote(inviter)} invites you to the registry ${quote(publisher)} as ${role}.\n\n` +
    `Open this link within ${INVITATION_DAYS} days to accept:\n${link}\n\n` +
    `If you don't expect it, ignore this mail.\n`;
  try {
    await app.mailer.send({ to: email, subject: `Invitation to a registry at ${new URL(site).host}`, text });
    return true;
  } catch (error) {
    app.log.warn({ err: error }, 'an invitation could not be sent by e-mail');
    return false;
  }
}

function quote(name: string): string {
  return `"${toOneLine(name).replace(/[“”"]/g, "'")}"`;
}
