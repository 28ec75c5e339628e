// Which reactions follow from which events. A scan is one more entry here, with its handler in lib/worker.ts.
import { isImageConfig } from '#lib/oci/media-types.ts';
import type { EventOf, EventType } from './event-types.ts';
import { noticeTypes } from './notices.ts';
import { outboundChangeTypes } from './outbound/build-outbound-events.ts';

/**
 * What one job covers. It determines the payload and, except for `event`, the key by which pending jobs are deduplicated.
 * A pending job sees every change committed before it starts.
 * `registry` enqueues one job per repository of the registry.
 */
export type Scope = 'repository' | 'registry' | 'manifest' | 'site' | 'event';

export type ReactionJob =
  | 'index-repository'
  | 'refresh-readme'
  | 'describe-mirrored-image'
  | 'evict-cached-blobs'
  | 'run-lifecycle-policy'
  | 'send-notification-email';

export type Subscriber<T extends EventType = EventType, Job extends string = string> = {
  on: readonly T[];
  when?(event: EventOf<T>): boolean;
} & (
  | { job: Job; per: Scope; delaySeconds?(event: EventOf<T>): number }
  /** Written with the change itself, so that pages show it immediately. */
  | { inTransaction: 'hide-from-search' }
  /** For webhooks. */
  | { inTransaction: 'queue-events' }
  /** `job` emails the notification. */
  | { inTransaction: 'notify'; job: Job }
);

/** Publishers push images in bursts. The first pushes to a repository are indexed soon, later ones in batches. */
const FIRST_PUSHES = 5;
const PUSH_DELAY_SECONDS = { first: 1, further: 5 };
/** The blobs of one image are cached in quick succession. */
const EVICTION_DELAY_SECONDS = 10;

/** Leaves time to correct a new policy. */
const LIFECYCLE_DELAY_SECONDS = 10 * 60;

export const subscriber = <T extends EventType>(row: Subscriber<T, ReactionJob>): Subscriber<T, ReactionJob> => row;

export const SUBSCRIBERS: readonly Subscriber<EventType, ReactionJob>[] = [
  subscriber({
    on: ['manifest.push', 'manifest.mirror'],
    job: 'index-repository',
    per: 'repository',
    delaySeconds: ({ facts }) => PUSH_DELAY_SECONDS[facts.version <= FIRST_PUSHES ? 'first' : 'further'],
  }),
  subscriber({
    // prettier-ignore
    on: [
      'manifest.delete', 'manifest.restore', 'manifest.describe',
      'tag.create', 'tag.move', 'tag.delete', 'tag.restore', 'image.pull',
      'repository.restore', 'repository.delete', 'repository.take-down', 'repository.quarantine',
      'repository.lift-quarantine', 'repository.set-logo', 'repository.feature-tag',
      'repository.update-catalog-data', 'repository.describe-image', 'repository.describe-mirror',
      'repository.rename', 'repository.transfer', 'repository.deprecate', 'repository.star', 'repository.unstar',
    ],
    job: 'index-repository',
    per: 'repository',
  }),
  subscriber({
    // prettier-ignore
    on: [
      'alias.grant', 'alias.make-primary', 'alias.release', 'alias.suspend', 'alias.reinstate',
      'alias-request.activate', 'domain-proof.check', 'registry.verify', 'registry.unverify',
      'registry.update-profile', 'registry.approve-name', 'registry.pass-name-check',
      'registry.set-logo',
    ],
    // Search shows nothing else of a profile.
    when: (event) => event.type !== 'registry.update-profile' || event.after.displayName !== undefined,
    job: 'index-repository',
    per: 'registry',
  }),
  subscriber({
    // prettier-ignore
    on: [
      'repository.quarantine', 'repository.delete', 'repository.take-down', 'repository.remove-mirror',
      'repository.update-catalog-data',
    ],
    when: (event) => event.type !== 'repository.update-catalog-data' || event.after.visibility === 'private',
    inTransaction: 'hide-from-search',
  }),
  subscriber({
    on: ['manifest.mirror'],
    when: ({ facts }) => facts.configMediaType !== null && isImageConfig(facts.configMediaType),
    job: 'describe-mirrored-image',
    per: 'manifest',
  }),
  subscriber({ on: ['repository.set-readme-source'], job: 'refresh-readme', per: 'repository' }),
  subscriber({
    on: ['blob.cache', 'repository.remove-mirror'],
    job: 'evict-cached-blobs',
    per: 'site',
    delaySeconds: () => EVICTION_DELAY_SECONDS,
  }),
  subscriber({
    on: ['repository.set-lifecycle-policy', 'repository.reach-lifecycle-run'],
    job: 'run-lifecycle-policy',
    per: 'repository',
    delaySeconds: ({ type }) => (type === 'repository.set-lifecycle-policy' ? LIFECYCLE_DELAY_SECONDS : 0),
  }),
  subscriber({
    on: outboundChangeTypes(),
    when: ({ hasWebhooks = true }) => hasWebhooks,
    inTransaction: 'queue-events',
  }),
  subscriber({ on: noticeTypes(), inTransaction: 'notify', job: 'send-notification-email' }),
];
