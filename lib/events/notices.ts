// What users are told of a change, in the console and by email.
import type { ChangeOf, ChangeType, RecordedChange } from './event-types.ts';
import type { AuditCaller } from './audit-row.ts';

export type Notice = {
  to: { userId: string } | { managersOf: bigint };
  title: string;
  body: string;
  /** Path on this site. */
  href: string;
};

type Notices = { [T in ChangeType]?: (change: ChangeOf<T>) => Notice | null };

/** Null: nobody is told. */
const NOTICES: Notices = {
  'alias.suspend': ({ resource, after, facts: { request } }) =>
    request && toRequester(request, `${resource.name} was suspended`, after.reason),
  'alias-request.ask': ({ resource, facts }) =>
    toRequester(facts, `A reviewer asks about ${resource.name}`, facts.words),
  'alias-request.activate': ({ resource, facts }) =>
    toRequester(facts, `${resource.name} is yours`, 'The alias is active: pulls, pushes and pages work with it.'),
  'alias-request.decline': ({ resource, facts }) => toRequester(facts, `${resource.name} was declined`, facts.words),
  'alias-request.expire': ({ resource, facts }) =>
    toRequester(facts, `The request for ${resource.name} expired`, facts.words),
  'alias-request.message': ({ resource, caller, facts }) =>
    isBy(caller, facts.requesterId) ? null : toRequester(facts, `A message about ${resource.name}`, facts.words),

  'member.join': ({ resource, after, facts }) => ({
    to: { userId: facts.invitedById },
    title: 'Your invitation was accepted',
    body: `${facts.displayName} (${resource.name}) has joined as ${after.role}.`,
    href: '/console',
  }),
  'member.change-role': ({ caller, before, after, facts }) => ({
    to: { userId: after.userId },
    title: 'Your role in a registry has changed',
    body: isBySite(caller)
      ? `You are ${after.role} of ${facts.registryName} again: an unconfirmed account had made you ${before.role}.`
      : `You are ${after.role} now; you were ${before.role}.`,
    href: '/console',
  }),
  'member.remove': ({ caller, facts: { userId, registryName } }) =>
    isBy(caller, userId)
      ? null
      : {
          to: { userId },
          title: 'You were removed from a registry',
          body: isBySite(caller)
            ? `You are no longer a member of ${registryName}: memberships that an unconfirmed account granted or held have ended.`
            : `You are no longer a member of ${registryName}.`,
          href: '/console',
        },

  'registry.approve-name': ({ registryKey, after: { name } }) =>
    toManagers(registryKey, {
      title: `The name ${name} was approved`,
      body: 'The gallery shows it once the registry is verified.',
      href: '/console/members',
    }),
  'registry.decline-name': ({ registryKey, after: { name } }) =>
    toManagers(registryKey, {
      title: `The name ${name} was declined`,
      body: 'The gallery shows the alias instead. You can choose another name.',
      href: '/console/members',
    }),
  'repository.quarantine': ({ registryKey, resource: { name }, after }) =>
    toManagers(registryKey, { title: `${name} is in quarantine`, body: after.reason, href: `/${name}` }),
  'repository.lift-quarantine': ({ registryKey, resource: { name } }) =>
    toManagers(registryKey, {
      title: `${name} is out of quarantine`,
      body: 'It is in the gallery again, and can be pulled.',
      href: `/${name}`,
    }),
  'repository.take-down': ({ registryKey, resource: { name }, after }) =>
    toManagers(registryKey, { title: `${name} was taken down`, body: after.reason, href: '/console' }),
  'repository.restore': ({ registryKey, resource: { name }, facts }) =>
    facts.isByAdmin
      ? toManagers(registryKey, {
          title: `${name} was restored`,
          body: 'It can be pulled again, as it was before.',
          href: `/${name}`,
        })
      : null,

  // By an admin. Whoever signs in with a role of their identity provider knows of it.
  'user.change-role': ({ caller, before, after, facts: { userId } }) =>
    isBySite(caller)
      ? null
      : {
          to: { userId },
          title: 'Your role on this site has changed',
          body: `You are ${after.role} now; you were ${before.role}.`,
          href: '/console/account',
        },
  'user.link-oidc': ({ facts: { userId, endsCredentials, wasProven } }) =>
    endsCredentials
      ? {
          to: { userId },
          title: 'Your account is linked to single sign-on',
          body: wasProven
            ? 'Its earlier password, sessions and access tokens have ended. Create new access tokens where you need them.'
            : 'Nobody had confirmed its e-mail address before. Its earlier password, sessions, access tokens, members and invitations have ended.',
          href: '/console/tokens',
        }
      : null,
};

export function noticeTypes(): ChangeType[] {
  return Object.keys(NOTICES) as ChangeType[];
}

export function noticeOf(change: RecordedChange): Notice | null {
  const write = NOTICES[change.type] as ((change: RecordedChange) => Notice | null) | undefined;
  return write ? write(change) : null;
}

function toRequester(
  { requesterId, requestId }: { requesterId: string; requestId: string },
  title: string,
  body: string,
): Notice {
  return { to: { userId: requesterId }, title, body, href: `/console/aliases/${requestId}` };
}

/** Those who can do something about it. */
function toManagers(registryKey: bigint | null | undefined, words: Omit<Notice, 'to'>): Notice | null {
  return registryKey ? { to: { managersOf: registryKey }, ...words } : null;
}

function isBy({ principal }: AuditCaller, userId: string): boolean {
  return principal.kind === 'user' && principal.userId === userId;
}

function isBySite({ principal }: AuditCaller): boolean {
  return principal.kind === 'system';
}
