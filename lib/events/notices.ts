// The notifications that users get about changes, in the console and by email.
import { wordRole } from '#lib/access/schema.ts';
import type { ChangeOf, ChangeType, RecordedChange } from './event-types.ts';
import type { AuditCaller } from './audit-row.ts';

export type EventNotice = {
  to: { userId: string } | { managersOf: bigint };
  title: string;
  body: string;
  /** Path on this site. */
  href: string;
};

type Notices = { [T in ChangeType]?: (change: ChangeOf<T>) => EventNotice | null };

/** A builder returns null to notify nobody. */
const NOTICES: Notices = {
  'alias.suspend': ({ resource, after, facts: { request } }) =>
    request && toRequester(request, `${resource.name} was suspended`, after.reason),
  'alias-request.ask': ({ resource, facts }) =>
    toRequester(facts, `A reviewer has a question about ${resource.name}`, facts.words),
  'alias-request.activate': ({ resource, facts }) =>
    toRequester(facts, `${resource.name} is yours`, 'The alias is now active for pulls, pushes and pages.'),
  'alias-request.decline': ({ resource, facts }) => toRequester(facts, `${resource.name} was declined`, facts.words),
  'alias-request.expire': ({ resource, facts }) =>
    toRequester(facts, `Your request for ${resource.name} expired`, facts.words),
  'alias-request.message': ({ resource, caller, facts }) =>
    isBy(caller, facts.requesterId) ? null : toRequester(facts, `New message about ${resource.name}`, facts.words),

  'member.join': ({ resource, after, facts }) => ({
    to: { userId: facts.invitedById },
    title: 'Your invitation was accepted',
    body: `${facts.displayName} (${resource.name}) has joined as ${wordRole(after.role)}.`,
    href: '/console',
  }),
  'member.change-role': ({ caller, before, after, facts }) => ({
    to: { userId: after.userId },
    title: 'Your role in a registry has changed',
    body: isBySite(caller)
      ? `Your role in ${facts.registryName} is ${after.role} again, because an unconfirmed account had made you ${before.role}.`
      : `Your role changed from ${before.role} to ${after.role}.`,
    href: '/console',
  }),
  'member.remove': ({ caller, facts: { userId, registryName } }) =>
    isBy(caller, userId)
      ? null
      : {
          to: { userId },
          title: 'You were removed from a registry',
          body: isBySite(caller)
            ? `You are no longer a member of ${registryName}. Memberships held or granted by an unconfirmed account were removed.`
            : `You are no longer a member of ${registryName}.`,
          href: '/console',
        },

  'registry.approve-name': ({ registryKey, after: { name } }) =>
    toManagers(registryKey, {
      title: `The name ${name} was approved`,
      body: 'The gallery shows it once the registry is verified.',
      href: '/console/profile',
    }),
  'registry.decline-name': ({ registryKey, after: { name } }) =>
    toManagers(registryKey, {
      title: `The name ${name} was declined`,
      body: 'The gallery shows the alias instead. Choose another name in the console.',
      href: '/console/profile',
    }),
  'repository.quarantine': ({ registryKey, resource: { name }, after }) =>
    toManagers(registryKey, { title: `${name} was quarantined`, body: after.reason, href: `/${name}` }),
  'repository.lift-quarantine': ({ registryKey, resource: { name } }) =>
    toManagers(registryKey, {
      title: `${name} was released from quarantine`,
      body: 'It can be pulled again and is shown as before.',
      href: `/${name}`,
    }),
  'repository.take-down': ({ registryKey, resource: { name }, after }) =>
    toManagers(registryKey, { title: `${name} was taken down`, body: after.reason, href: '/console' }),
  'repository.restore': ({ registryKey, resource: { name }, facts }) =>
    facts.isByAdmin
      ? toManagers(registryKey, {
          title: `${name} was restored`,
          body: 'It can be pulled again.',
          href: `/${name}`,
        })
      : null,

  'user.create-reset-link': ({ caller, facts: { userId } }) =>
    isBy(caller, userId)
      ? null
      : {
          to: { userId },
          title: 'An admin created a password reset link for you',
          body: 'Anyone with the link can set a new password for your account. If you didn’t ask for it, contact an admin.',
          href: '/console/account',
        },
  'user.reset-password': ({ facts: { userId } }) => ({
    to: { userId },
    title: 'Your password was reset',
    body: 'A one-time link was used to set a new password, and all sessions ended. If this wasn’t you, reset it again.',
    href: '/console/account',
  }),
  'repository.offer-transfer': ({ resource: { name }, facts }) =>
    toManagers(facts.toRegistryKey, {
      title: `${name} is offered to your registry`,
      body: 'An owner can accept or decline the transfer within 7 days.',
      href: '/console/transfers',
    }),
  'repository.decline-transfer': ({ registryKey, resource: { name }, before }) =>
    toManagers(registryKey, {
      title: `The transfer of ${name} was declined`,
      body: `${before.to} declined it. The repository stays in your registry.`,
      href: '/console/transfers',
    }),
  'repository.transfer': ({ registryKey, before, after, facts }) =>
    facts.isGiver
      ? toManagers(registryKey, {
          title: `${before.repository} was transferred`,
          body: `It is now ${after.repository}. Pulls by the old name work until you end its redirect.`,
          href: '/console/transfers',
        })
      : null,

  'webhook.disable': ({ registryKey, resource: { name }, after }) =>
    toManagers(registryKey, {
      title: `The webhook ${name} was disabled`,
      body: `${after.reason} Enable it again once its receiver works.`,
      href: '/console/webhooks',
    }),
  'webhook.give-up': ({ registryKey, resource: { name }, after }) =>
    toManagers(registryKey, {
      title: `The webhook ${name} keeps failing`,
      body: `Events weren't delivered within three days: ${after.reason} Redeliver them once its receiver works.`,
      href: '/console/webhooks',
    }),

  'factor.add-totp': ({ facts }) => toOwner(facts, 'An authenticator app was added', 'Sign-ins now ask for its code.'),
  'factor.remove-totp': ({ facts }) =>
    toOwner(facts, 'Your authenticator app was removed', 'Its codes no longer work.'),
  'factor.add-passkey': ({ after: { name }, facts }) =>
    toOwner(facts, 'A passkey was added', `You can now sign in with “${name}”.`),
  'factor.remove-passkey': ({ before: { name }, facts }) =>
    toOwner(facts, 'A passkey was removed', `“${name}” no longer works.`),
  'factor.renew-recovery-codes': ({ facts }) =>
    toOwner(facts, 'Your recovery codes were replaced', 'The previous ones no longer work.'),
  'factor.use-recovery-code': ({ after: { left }, facts }) =>
    toOwner(facts, 'A recovery code was used to sign in', `You have ${left} left.`),
  'factor.reset': ({ facts }) =>
    toOwner(
      facts,
      'An admin removed your second factors',
      'Passkeys, the authenticator app and recovery codes no longer work, and all sessions ended. Set up new ones.',
    ),

  // Only for changes by an admin, not for roles synced from the identity provider.
  'user.change-role': ({ caller, before, after, facts: { userId } }) =>
    isBySite(caller)
      ? null
      : {
          to: { userId },
          title: 'Your role on this site has changed',
          body: `Your role changed from ${before.role} to ${after.role}.`,
          href: '/console/account',
        },
  'user.link-oidc': ({ facts: { userId, endsCredentials, wasProven } }) =>
    endsCredentials
      ? {
          to: { userId },
          title: 'Your account is linked to single sign-on',
          body: wasProven
            ? 'Its previous password, sessions and access tokens no longer work. Create new access tokens where you need them.'
            : 'Its email address was never confirmed, so its previous password, sessions, access tokens, members and invitations were removed.',
          href: '/console/tokens',
        }
      : null,
};

export function noticeTypes(): ChangeType[] {
  return Object.keys(NOTICES) as ChangeType[];
}

export function buildNotice(change: RecordedChange): EventNotice | null {
  const build = NOTICES[change.type] as ((change: RecordedChange) => EventNotice | null) | undefined;
  return build ? build(change) : null;
}

function toRequester(
  { requesterId, requestId }: { requesterId: string; requestId: string },
  title: string,
  body: string,
): EventNotice {
  return { to: { userId: requesterId }, title, body, href: `/console/aliases/${requestId}` };
}

/** Notifies the registry's owners and maintainers. */
function toManagers(registryKey: bigint | null | undefined, words: Omit<EventNotice, 'to'>): EventNotice | null {
  return registryKey ? { to: { managersOf: registryKey }, ...words } : null;
}

/** Tells users about changes to how they sign in, so that a change by someone else is noticed. */
function toOwner({ userId }: { userId: string }, title: string, body: string): EventNotice {
  const advice = "If this wasn't you, change your password and end your sessions.";
  return { to: { userId }, title, body: `${body} ${advice}`, href: '/console/account/security' };
}

function isBy({ principal }: AuditCaller, userId: string): boolean {
  return principal.kind === 'user' && principal.userId === userId;
}

function isBySite({ principal }: AuditCaller): boolean {
  return principal.kind === 'system';
}
