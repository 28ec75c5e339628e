// Turns changes into the events that webhooks and the feed of events show.
import { randomUUID } from 'node:crypto';
import type { ChangeOf, ChangeType, RecordedChange } from '#lib/events/event-types.ts';
import type { OutboundType } from './schema.ts';

export type OutboundEvent = {
  /** The receiver's idempotency key. */
  eventId: string;
  type: OutboundType;
  registryKey: bigint;
  /** `ALIAS/NAME`. Null for an event of the registry. */
  repository: string | null;
  tag: string | null;
  digest: string | null;
  /** An email address, `anonymous` or `system`. */
  actor: string;
  detail: object;
};

type Parts = { type: OutboundType; tag?: string | null; digest?: string; detail?: object };
type Builders = { [T in ChangeType]?: (change: ChangeOf<T>) => Parts[] };

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

export function buildOutboundEvents(change: RecordedChange): OutboundEvent[] {
  const build = BUILDERS[change.type] as ((change: RecordedChange) => Parts[]) | undefined;
  const { registryKey, resource, caller } = change;
  if (!build || !registryKey) return [];
  const actor = caller.principal.kind === 'user' ? caller.principal.email : caller.principal.kind;
  const isOfRepository = 'repositoryId' in resource;
  return build(change).map(({ type, tag = null, digest = null, detail = {} }) => ({
    eventId: randomUUID(),
    type,
    registryKey,
    tag,
    digest,
    actor,
    repository: isOfRepository ? resource.name : null,
    detail: isOfRepository ? detail : { ...detail, name: resource.name },
  }));
}
