// Every type of audited change and the shape of its row. Type names are public: the API and exports show them.
import type { Workflow } from '#lib/access/trust/find-workflow.ts';
import type { About, ChangeContext, ChangeDetail, ReplicationDestinationTexts, Resources } from './event-resources.ts';
import type { WebhookSettings } from './outbound/schema.ts';

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };
type Kind<A extends About, D extends ChangeDetail> = { about: A; detail?: D };

const on =
  <A extends About>(about: A) =>
  <D extends ChangeDetail = Record<never, never>>(): Kind<A, D> => ({ about });

const repository = on('repository');
const tag = on('tag');
const manifest = on('manifest');
const registry = on('registry');
const member = on('member');
const user = on('user');
const alias = on('alias');
const site = on('site');

type Change<T> = { before: T; after: T };
type Digest = { digest: string };
type UserFacts = { userId: string };
type Reason = { reason: string };
type Texts = { [key: string]: Json };
type Requester = { requestId: string; requesterId: string };
/** `words` is the text of the requester's notification. */
type RequestWords = { facts: Requester & { words: string } };
type RequestStep = Change<{ status: string }> & RequestWords;
type UpstreamSettings = { host: string; isPlainHttp?: boolean; username: string | null; isPasswordNew: boolean };
type PullThroughRule = { prefix: string; upstream: string; upstreamPrefix: string };
type CreationTemplate = { prefix: string } & Texts;
type ReservedName = { kind: string; match: string; reason: string };
/** Whose credential it is, if it isn't the actor's own. */
type RobotCredential = { robot?: string | null };
type RoleTexts = { permission: string; description: string; trustPolicy: string };
type RoleSettings = RoleTexts & { maxSessionSeconds: number; acceptsTokenLogin: boolean };
type IssuerSettings = { audiences: string[]; hasKeys: boolean };
type TeamSettings = { description: string; joinRole: string };
type RobotSettings = { role?: string; description?: string; isEnabled?: boolean };
type SavedReply = { title: string; body: string };

export const CHANGES = {
  'repository.create': repository<{ after: ({ visibility: string } | { upstream: string }) & Texts }>(),
  'repository.delete': repository(),
  'repository.restore': repository<{ facts: { isByAdmin: boolean } }>(),
  'repository.update-catalog-data': repository<Change<{ visibility?: string } & Texts>>(),
  'repository.set-logo': repository<Change<{ logo: string | null }>>(),
  'repository.feature-tag': repository<Change<{ featuredTag: string | null }>>(),
  'repository.rename': repository<Change<{ repository: string }>>(),
  'repository.end-redirect': repository<{ before: { repository: string } }>(),
  'repository.offer-transfer': repository<{ after: { to: string }; facts: { toRegistryKey: bigint } }>(),
  'repository.withdraw-transfer': repository<{ before: { to: string } }>(),
  'repository.decline-transfer': repository<{ before: { to: string } }>(),
  'repository.transfer': repository<Change<{ repository: string }> & { facts: { isGiver: boolean } }>(),
  'repository.deprecate': repository<Change<Texts>>(),
  'repository.set-untagged-days': repository<Change<{ untaggedDays: number | null }>>(),
  'repository.set-lifecycle-policy': repository<Change<{ lifecyclePolicy: string | null }>>(),
  'repository.set-protected-tags': repository<Change<{ protectedTags: string[] }>>(),
  /** `run`: the id of its report. Counts of images. */
  'repository.run-lifecycle-policy': repository<{ after: { run: string; expired: number; archived: number } }>(),
  'repository.set-tag-mutability': repository<Change<{ tagMutability: string; tagExclusions: string[] }>>(),
  'repository.set-policy': repository<Change<{ policy: string | null }>>(),
  'repository.tag-resource': repository<Change<{ resourceTags: Record<string, string> }>>(),
  'repository.set-readme-source': repository<Change<{ readmeSource: string | null }>>(),
  'repository.refresh-readme': repository<{ after: { url: string } }>(),
  'repository.describe-image': repository<Change<Texts>>(),
  'repository.describe-mirror': repository<{ after: Texts }>(),
  'repository.mirror': repository<{ after: { upstream: string } }>(),
  'repository.remove-mirror': repository<{ before: { upstream: string } }>(),
  'repository.pin': repository(),
  'repository.unpin': repository(),
  'repository.quarantine': repository<{ after: Reason }>(),
  'repository.lift-quarantine': repository<{ before: { reason: string | null } }>(),
  'repository.take-down': repository<{ before: Texts; after: Reason }>(),
  // Without a registry, so that publishers don't learn who stars and follows them.
  'repository.star': repository(),
  'repository.unstar': repository(),
  'repository.follow': repository(),
  'repository.unfollow': repository(),

  'manifest.push': manifest<{
    after: { mediaType: string; tags: string[]; workflow?: Workflow };
    facts: { version: number };
  }>(),
  'manifest.mirror': manifest<{
    after: { mediaType: string; tags: string[] };
    facts: { version: number; configMediaType: string | null };
  }>(),
  'manifest.delete': manifest<{ before: { tags: string[] } }>(),
  'manifest.restore': manifest<{ after: { tags: string[] } }>(),
  'manifest.archive': manifest(),
  'manifest.unarchive': manifest(),
  'tag.create': tag<{ after: Digest }>(),
  'tag.move': tag<Change<Digest>>(),
  'tag.delete': tag<{ before: Digest }>(),
  'tag.restore': tag<{ after: Digest }>(),
  'blob.mount': on('blob')<{ after: { from: string } }>(),
  'blob.delete': on('blob')(),

  'registry.create': registry<{ after: { registryId: string; defaultAlias: string } }>(),
  'registry.update-settings': registry<Change<{ pushVisibility?: string; pushCreation?: string }>>(),
  'registry.make-default': registry(),
  'registry.update-profile': registry<Change<{ displayName?: string } & Texts>>(),
  'registry.approve-name': registry<{ after: { name: string } }>(),
  'registry.decline-name': registry<{ after: { name: string } }>(),
  'registry.set-logo': registry<Change<{ logo: string | null }>>(),
  'registry.set-quota': registry<Change<{ quotaBytes: number | null }>>(),
  'registry.verify': registry<Change<{ verifiedBy: string | null; verifiedNote: string | null }>>(),
  'registry.unverify': registry<Change<{ verifiedBy: string | null; verifiedNote: string | null }>>(),
  'registry.mirror': registry<{ after: { upstream: string; prefix: string } }>(),
  'registry.stop-mirroring': registry(),
  'registry.add-pull-through-rule': registry<{ after: PullThroughRule }>(),
  'registry.update-pull-through-rule': registry<Change<{ prefix: string; credentialArn: string | null }>>(),
  'registry.remove-pull-through-rule': registry<{ before: PullThroughRule }>(),
  'registry.add-creation-template': registry<{ after: CreationTemplate }>(),
  'registry.update-creation-template': registry<Change<CreationTemplate>>(),
  'registry.remove-creation-template': registry<{ before: CreationTemplate }>(),
  'registry.set-blob-mounting': registry<Change<{ mountsBlobs: boolean }>>(),
  'registry.set-policy': registry<Change<{ policy: string | null }>>(),
  'registry.set-policy-scope': registry<Change<{ policyScope: string }>>(),
  'registry.set-replication': registry<Change<{ rules: Json }>>(),
  'registry.start-replication-backfill': registry(),
  'registry.stop-replication-backfill': registry(),
  'registry.save-replication-destination': registry<{ after: ReplicationDestinationTexts }>(),
  'registry.remove-replication-destination': registry<{ before: { region: string; registryId: string } }>(),
  'registry.follow': registry(),
  'registry.unfollow': registry(),
  'domain-proof.start': on('domain')<{ after: { method: string } }>(),
  'domain-proof.check': on('domain')<Change<{ status: string }>>(),
  'upstream.create': on('upstream')<{ after: UpstreamSettings }>(),
  'upstream.update': on('upstream')<{ after: UpstreamSettings }>(),
  'upstream.forget': on('upstream')(),
  'mirror-route.set': site<{ after: { alias: string } }>(),
  'mirror-route.remove': site(),

  'invitation.create': member<{ after: { role: string } }>(),
  'invitation.revoke': member<{ before: { role: string } }>(),
  'member.join': member<{
    after: { role: string; invited: string };
    facts: { invitedById: string; displayName: string };
  }>(),
  'member.join-by-group': member<{ after: { role: string } }>(),
  'member.change-role': member<{
    before: { role: string };
    after: { role: string; userId: string };
    /** `registryName` is set if the system made the change. */
    facts: { registryName?: string };
  }>(),
  'member.remove': member<{ before: { role: string }; facts: { userId: string; registryName: string } }>(),
  'member.exclude-pulls': member(),
  'member.include-pulls': member(),
  'member.leave': member<{ before: { role: string } }>(),

  'alias.grant': alias<{ after: { makePrimary: boolean } }>(),
  'alias.make-primary': alias<Change<{ primary: string | null }>>(),
  'alias.release': alias(),
  'alias.suspend': alias<{ after: Reason; facts: { request: Requester | null } }>(),
  'alias.reinstate': alias(),
  'alias-request.draft': alias(),
  'alias-request.edit': alias<Change<Texts>>(),
  'alias-request.submit': alias<RequestStep>(),
  'alias-request.claim': alias<RequestStep>(),
  'alias-request.put_back': alias<RequestStep>(),
  'alias-request.ask': alias<RequestStep>(),
  'alias-request.answer': alias<RequestStep>(),
  'alias-request.approve': alias<RequestStep>(),
  'alias-request.activate': alias<RequestStep>(),
  'alias-request.decline': alias<RequestStep>(),
  'alias-request.appeal': alias<RequestStep>(),
  'alias-request.withdraw': alias<RequestStep>(),
  'alias-request.expire': alias<RequestStep>(),
  'alias-request.suspend': alias<RequestStep>(),
  'alias-request.reinstate': alias<RequestStep>(),
  'alias-request.message': alias<RequestWords>(),
  'alias-request.note': alias<RequestWords>(),
  'reserved-name.install': site(),
  'reserved-name.import': site<{ after: { added: number } }>(),
  'reserved-name.add': site<{ after: ReservedName & { name: string; source: string } }>(),
  'reserved-name.remove': site<{ before: ReservedName }>(),
  'saved-reply.add': site<{ after: SavedReply }>(),
  'saved-reply.change': site<Change<SavedReply>>(),
  'saved-reply.remove': site<{ before: SavedReply }>(),
  'report.create': site<{ after: Reason }>(),
  'report.handle': site<{ before: Reason; after: { outcome: string; note: string } }>(),
  'site.update': site<Change<Texts>>(),
  'site.set-maintenance': site<Change<{ isReadOnly: boolean; note: string }>>(),
  'site.rewrap-keys': site<{ after: { keys: number; by: string } }>(),
  'site.restore': site<{ after: { backup: string; takenAt: string; lostBlobs: number } }>(),
  'site.set-logo': site<Change<{ logo: string | null }>>(),
  'site.set-picks': site<Change<{ picks: string[] }>>(),
  'demo.remove': site(),

  'user.create': user<{ after: { role: string } }>(),
  'user.sign-up': user<{ after?: { issuer: string; subject: string } }>(),
  'user.sign-in-by-link': user(),
  'user.make-admin': user(),
  'user.take-over': user<{
    after: { registriesKept: number; registriesLeft: number; membersRemoved: number };
  }>(),
  'user.link-oidc': user<{
    after: { issuer: string; subject: string };
    facts: { userId: string; endsCredentials: boolean; wasProven: boolean };
  }>(),
  'user.change-role': user<{
    before: { role: string };
    after: { role: string; by?: string };
    facts: UserFacts;
  }>(),
  'user.disable': user<{ after: Reason }>(),
  'user.enable': user(),
  'user.update-profile': user<Change<{ displayName: string }>>(),
  'user.change-password': user<{ after: { endsAccessTokens: boolean } }>(),
  'user.create-reset-link': user<{ after: { expiresAt: string }; facts: UserFacts }>(),
  'user.reset-password': user<{ after: { by: 'email' | 'admin'; endsAccessTokens: boolean }; facts: UserFacts }>(),
  'user.create-email-link': user<{ after: { email: string; expiresAt: string } }>(),
  'user.ask-change-email': user<{ after: { email: string } }>(),
  'user.change-email': user<Change<{ email: string }>>(),
  'user.prove-email': user<Change<{ email: string }>>(),
  'user.vouch-email': user(),
  'user.set-digest': user<Change<{ period: string }>>(),
  'user.create-feed-link': user(),
  'user.revoke-feed-link': user(),
  'session.start': user<{ after: { method: string; factor?: string } }>(),
  'factor.add-totp': user<{ facts: UserFacts }>(),
  'factor.remove-totp': user<{ facts: UserFacts }>(),
  'factor.add-passkey': user<{ after: { name: string }; facts: UserFacts }>(),
  'factor.rename-passkey': user<Change<{ name: string }>>(),
  'factor.remove-passkey': user<{ before: { name: string }; facts: UserFacts }>(),
  'factor.renew-recovery-codes': user<{ facts: UserFacts }>(),
  'factor.use-recovery-code': user<{ after: { left: number }; facts: UserFacts }>(),
  'factor.reset': user<{ facts: UserFacts }>(),
  'session.end': user(),
  'session.revoke': user<{ before: { method: string; address: string | null; userAgent: string | null } }>(),
  'session.revoke-others': user<{ before: { count: number } }>(),
  /** `policy` is null if there is none of that name. The resource is a member, robot or role. */
  'member.set-policy': member<Change<{ name: string; policy: string | null }>>(),
  'member.set-tags': member<Change<{ tags: Readonly<Record<string, string>> }>>(),
  /** `policy`: a reference to a managed policy. */
  'member.attach-policy': member<{ after: { policy: string } }>(),
  'member.detach-policy': member<{ before: { policy: string } }>(),
  'team.set-policy': on('team')<Change<{ name: string; policy: string | null }>>(),
  'team.attach-policy': on('team')<{ after: { policy: string } }>(),
  'team.detach-policy': on('team')<{ before: { policy: string } }>(),
  'policy.create': on('policy')<{ after: { description: string; policy: string } }>(),
  'policy.update': on('policy')<Change<{ description: string; defaultVersion: number | undefined }>>(),
  'policy.delete': on('policy')<{ before: { versions: number; policy: string | null } }>(),
  'policy.create-version': on('policy')<{ after: { version: number; policy: string; isDefault: boolean } }>(),
  'policy.delete-version': on('policy')<{ before: { version: number; policy: string } }>(),
  'robot.create': on('robot')<{ after: { role: string; description: string } }>(),
  'robot.update': on('robot')<Change<RobotSettings>>(),
  'robot.remove': on('robot')<{ before: { role: string } }>(),
  'role.create': on('role')<{ after: RoleSettings }>(),
  'role.update': on('role')<Change<RoleSettings & { isEnabled: boolean }>>(),
  'role.remove': on('role')<{ before: { permission: string; trustPolicy: string } }>(),
  /** `principal`: who assumed it, a user's ARN or the subject of a token. */
  'role.assume': on('role')<{
    after: { sessionName: string; principal: string; issuer: string | null; accessKeyId: string; expiresAt: string };
  }>(),
  'role.end-sessions': on('role')<{ before: { count: number } }>(),
  'team.create': on('team')<{ after: TeamSettings }>(),
  'team.update': on('team')<Change<TeamSettings>>(),
  'team.remove': on('team')<{ before: { members: number } }>(),
  /** `member`: a person's address or a robot's name. `group`: the group of the identity provider that caused it. */
  'team.add-member': on('team')<{ after: { member: string; group?: string } }>(),
  'team.remove-member': on('team')<{ before: { member: string } }>(),
  'team.map-groups': on('team')<Change<{ groups: string[] }>>(),
  'webhook.create': on('webhook')<{ after: WebhookSettings }>(),
  'webhook.update': on('webhook')<Change<WebhookSettings>>(),
  'webhook.rotate-secret': on('webhook')(),
  'webhook.remove': on('webhook')(),
  'webhook.test': on('webhook')(),
  'webhook.redeliver': on('webhook')<{ after: { delivery: string } }>(),
  /** The receiver answered 410. */
  'webhook.disable': on('webhook')<{ after: Reason }>(),
  'webhook.give-up': on('webhook')<{ after: Reason }>(),
  'identity-provider.set': on('identityProvider')<{ before?: IssuerSettings; after: IssuerSettings }>(),
  'identity-provider.remove': on('identityProvider')(),
  'access-token.create': on('accessToken')<{
    after: { scopes: string[]; expiresAt: string | null } & RobotCredential;
  }>(),
  'access-token.revoke': on('accessToken')<{ after?: RobotCredential }>(),
  'access-key.create': on('accessKey')<{ after: { expiresAt: string | null } & RobotCredential }>(),
  'access-key.disable': on('accessKey')(),
  'access-key.enable': on('accessKey')(),
  'access-key.delete': on('accessKey')(),
};

/** Events without an audit row, because they are too frequent or of no interest to the owner. They only trigger reactions. */
export const OCCURRENCES = {
  /** Counted and audited in batches by repositories/pull-counter.ts and pull-log.ts. */
  'image.pull': repository(),
  /** A mirror fetched a blob. */
  'blob.cache': site(),
  /** The platform of a mirrored image was determined. */
  'manifest.describe': repository(),
  /** A run of a repository's lifecycle policy is due, or goes on. */
  'repository.reach-lifecycle-run': repository(),
  /** A display name that predates name checks passed them. */
  'registry.pass-name-check': registry(),
};

/** Attempts aren't changes; attempt-log.ts counts them. */
export const ATTEMPTS = [
  ...(['login.succeed', 'login.fail', 'sign-in.fail'] as const),
  ...(['push.refuse', 'delete.refuse', 'api.refuse', 'api.call'] as const),
] as const;
export type AttemptType = (typeof ATTEMPTS)[number];

export type AuditedAction = ChangeType | AttemptType | 'image.pull';

const EVENTS = { ...CHANGES, ...OCCURRENCES };
type Events = typeof EVENTS;
export type ChangeType = keyof typeof CHANGES;
export type OccurrenceType = keyof typeof OCCURRENCES;
export type EventType = ChangeType | OccurrenceType;

export const resourceKind = (type: EventType): About => EVENTS[type].about;

type DetailOf<T extends EventType> = NonNullable<Events[T]['detail']>;
type Stated<T extends EventType> = {
  type: T;
  /** The registry it belongs to, whose members may read it. Null or missing if it belongs to none. */
  registryKey?: bigint | null;
  resource: Resources[Events[T]['about']];
} & DetailOf<T>;

/** Distributes over unions, so that each member's `type` determines its resource and detail. */
export type ChangeOf<T extends ChangeType> = T extends ChangeType ? Stated<T> & ChangeContext : never;
export type OccurrenceOf<T extends OccurrenceType> = T extends OccurrenceType ? Stated<T> : never;
export type EventOf<T extends EventType> = ChangeOf<Extract<T, ChangeType>> | OccurrenceOf<Extract<T, OccurrenceType>>;
export type RecordedChange = ChangeOf<ChangeType>;
export type Occurrence = OccurrenceOf<OccurrenceType>;
export type Event = RecordedChange | Occurrence;
/** The event types with this kind of resource. */
export type TypeAbout<A extends About> = { [T in EventType]: Events[T]['about'] extends A ? T : never }[EventType];
