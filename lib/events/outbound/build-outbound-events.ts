// Turns changes into the events that webhooks and the feed of events show.
import { createHash } from 'node:crypto';
import { resourceKind, type ChangeOf, type ChangeType, type RecordedChange } from '#lib/events/event-types.ts';
import type { OutboundType } from './schema.ts';

export type OutboundEvent = {
  /** The receiver's idempotency key. */
  eventId: string;
  type: OutboundType;
  /** `ALIAS/NAME`. Null for an event of the registry. */
  repository: string | null;
  tag: string | null;
  digest: string | null;
  detail: object;
};

export type QueuedEvent = OutboundEvent & {
  registryKey: bigint;
  actorId: string | null;
  /** For actors who are neither members of the registry nor staff of the site. */
  actorLabel: string;
};

/** What a row of the audit log has of a change, too. */
type Shown<T extends ChangeType> = {
  resource: Pick<ChangeOf<T>['resource'], Exclude<keyof ChangeOf<T>['resource'], 'repositoryId'>>;
} & Pick<ChangeOf<T>, Extract<keyof ChangeOf<T>, 'before' | 'after'>>;
type Parts = { type: OutboundType; tag?: string | null; digest?: string; detail?: object };
type Builders = { [T in ChangeType]?: (change: Shown<T>) => Parts[] };

/** An image is one event for each of its tags, because ECR's and most other formats name one. */
function perTag(
  type: OutboundType,
  digest: string,
  { tags, ...detail }: { tags: string[]; mediaType?: string },
): Parts[] {
  return (tags.length > 0 ? tags : [null]).map((tag) => ({ type, tag, digest, detail }));
}

type Detail = { before?: object; after?: object };
const one =
  (type: OutboundType, detailOf: (change: Detail) => object = () => ({})) =>
  (change: object): Parts[] => [{ type, detail: detailOf(change) }];
const detailed = (type: OutboundType) => one(type, ({ before, after }) => ({ before, after }));

const BUILDERS: Builders = {
  'manifest.push': ({ resource, after: { tags, mediaType } }) =>
    perTag('image.pushed', resource.digest, { tags, mediaType }),
  'manifest.mirror': ({ resource, after: { tags, mediaType } }) =>
    perTag('image.mirrored', resource.digest, { tags, mediaType }),
  'manifest.delete': ({ resource, before }) => perTag('image.deleted', resource.digest, before),
  'manifest.restore': ({ resource, after }) => perTag('image.restored', resource.digest, after),
  'tag.create': ({ resource: { tag }, after: { digest } }) => [{ type: 'tag.created', tag, digest }],
  'tag.move': ({ resource: { tag }, before, after: { digest } }) => [
    { type: 'tag.moved', tag, digest, detail: { previousDigest: before.digest } },
  ],
  'tag.delete': ({ resource: { tag }, before: { digest } }) => [{ type: 'tag.deleted', tag, digest }],
  'tag.restore': ({ resource: { tag }, after: { digest } }) => [{ type: 'tag.restored', tag, digest }],
  'repository.create': detailed('repository.created'),
  'repository.delete': one('repository.deleted'),
  'repository.restore': one('repository.restored'),
  'repository.rename': detailed('repository.renamed'),
  'repository.transfer': detailed('repository.transferred'),
  'repository.deprecate': detailed('repository.deprecated'),
  'repository.update-catalog-data': ({ before, after }) =>
    after.visibility === undefined || after.visibility === before.visibility
      ? []
      : [
          {
            type: 'repository.visibility_changed',
            detail: { before: { visibility: before.visibility }, after: { visibility: after.visibility } },
          },
        ],
  'repository.quarantine': detailed('repository.quarantined'),
  'repository.lift-quarantine': one('repository.released'),
  'repository.take-down': one('repository.taken_down', ({ after }) => ({ after })),
  'alias-request.activate': one('alias.approved'),
  'alias-request.decline': one('alias.declined'),
  'alias.grant': one('alias.granted'),
  'alias.suspend': one('alias.suspended', ({ after }) => ({ after })),
  'alias.reinstate': one('alias.reinstated'),
};

export function outboundChangeTypes(): ChangeType[] {
  return Object.keys(BUILDERS) as ChangeType[];
}

export function isOutbound({ type, registryKey }: RecordedChange): boolean {
  return type in BUILDERS && Boolean(registryKey);
}

/** A change as it happens. */
export function buildOutboundEvents({ eventId, registryKey, caller, ...change }: RecordedChange): QueuedEvent[] {
  if (!eventId || !registryKey) return [];
  const user = caller.principal.kind === 'user' ? caller.principal : null;
  const actor = { actorId: user?.userId ?? null, actorLabel: user?.email ?? caller.principal.kind };
  return build(change, eventId).map((event) => ({ ...event, ...actor, registryKey }));
}

export type AuditedChange = { eventId: string; type: string; target: string; before: unknown; after: unknown };

/** A change as it is in the audit log. The events are the same. */
export function readOutboundEvents({ eventId, type, target, before, after }: AuditedChange): OutboundEvent[] {
  const at = target.indexOf('@');
  const colon = target.lastIndexOf(':');
  const kind = type.split('.')[0];
  const resource =
    kind === 'manifest'
      ? { name: target.slice(0, at), digest: target.slice(at + 1) }
      : kind === 'tag'
        ? { name: target.slice(0, colon), tag: target.slice(colon + 1) }
        : { name: target };
  const detail = { before: before ?? undefined, after: after ?? undefined };
  return build({ type, resource, ...detail } as unknown as RecordedChange, eventId);
}

function build(change: Pick<RecordedChange, 'type' | 'resource'>, eventId: string): OutboundEvent[] {
  const { type: changeType, resource } = change;
  const builder = BUILDERS[changeType] as ((change: object) => Parts[]) | undefined;
  if (!builder) return [];
  const isOfRepository = ['repository', 'tag', 'manifest'].includes(resourceKind(changeType));
  return builder(change).map(({ type, tag = null, digest = null, detail = {} }, nth) => ({
    eventId: nth === 0 ? eventId : deriveId(eventId, nth),
    type,
    tag,
    digest,
    repository: isOfRepository ? resource.name : null,
    detail: isOfRepository ? detail : { ...detail, name: resource.name },
  }));
}

/** A UUID of version 8 (RFC 9562), for the further events of one change. */
function deriveId(eventId: string, nth: number): string {
  const hash = createHash('sha256').update(`${eventId} ${nth}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
