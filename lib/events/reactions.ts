// Turns events and their subscribers into statements.
import { jobStatement, type JobPayload } from '#lib/platform/jobs/enqueue-job.ts';
import type { SqlStatement } from '#lib/platform/pg/run-statement.ts';
import { hidingStatements } from '#lib/search/postgres/document-store.sql.ts';
import type { Event, RecordedChange } from './event-types.ts';
import { buildNotice, type EventNotice } from './notices.ts';
import { notifyStatement, registryJobsStatement } from './reactions.sql.ts';
import { buildOutboundEvents, type QueuedEvent } from './outbound/build-outbound-events.ts';
import { queueEvents } from './outbound/queue-events.sql.ts';
import type { Subscriber } from './subscribers.ts';

type JobSubscriber = Extract<Subscriber, { per: unknown }>;

/**
 * Builds all reactions except jobs that need the id of the audit row. If several events enqueue the same job, the first
 * one decides when it runs.
 */
export function reactionsTo(events: readonly Event[], subscribers: readonly Subscriber[]): SqlStatement[] {
  const jobs = new Map<string, SqlStatement>();
  const hidden: bigint[] = [];
  const outbound: QueuedEvent[] = [];
  const notices = new Map<string, EventNotice[]>();
  for (const event of events) {
    for (const subscriber of subscribers) {
      if (!reacts(subscriber, event)) continue;
      if ('per' in subscriber) {
        const [key, statement] = toJob(subscriber, event) ?? [];
        if (key !== undefined && statement && !jobs.has(key)) jobs.set(key, statement);
      } else if (subscriber.inTransaction === 'hide-from-search') {
        hidden.push(repositoryOf(event));
      } else if (subscriber.inTransaction === 'queue-events') {
        outbound.push(...buildOutboundEvents(event as RecordedChange));
      } else {
        const notice = buildNotice(event as RecordedChange);
        if (notice) notices.set(subscriber.job, [...(notices.get(subscriber.job) ?? []), notice]);
      }
    }
  }
  return [
    ...(hidden.length > 0 ? hidingStatements(hidden) : []),
    ...(outbound.length > 0 ? [queueEvents(outbound)] : []),
    ...[...notices].map(([job, notices]) => notifyStatement(notices, job)),
    ...jobs.values(),
  ];
}

/** Builds the jobs with scope `event`. `ids` are the changes' audit rows, in the same order. */
export function jobsOfRecorded(
  changes: readonly RecordedChange[],
  ids: readonly string[],
  subscribers: readonly Subscriber[],
): SqlStatement[] {
  return changes.flatMap((change, at) =>
    subscribers.flatMap((subscriber) => {
      if (!('per' in subscriber) || subscriber.per !== 'event' || !reacts(subscriber, change)) return [];
      const delaySeconds = subscriber.delaySeconds?.(change) ?? 0;
      return [jobStatement(subscriber.job, { eventId: ids[at] ?? '' }, { delaySeconds })];
    }),
  );
}

function reacts(subscriber: Subscriber, event: Event): boolean {
  return subscriber.on.includes(event.type) && (subscriber.when?.(event) ?? true);
}

/** Returns the job's deduplication key and its statement. */
function toJob(subscriber: JobSubscriber, event: Event): [string, SqlStatement] | null {
  const { job, per } = subscriber;
  const keyed = (key: string, payload: JobPayload): [string, SqlStatement] => {
    const delaySeconds = subscriber.delaySeconds?.(event) ?? 0;
    return [key, jobStatement(job, payload, { key, delaySeconds })];
  };
  switch (per) {
    case 'repository': {
      const repositoryId = String(repositoryOf(event));
      return keyed(`${job}:${repositoryId}`, { repositoryId });
    }
    case 'manifest': {
      const repositoryId = String(repositoryOf(event));
      const digest = digestOf(event);
      return keyed(`${job}:${repositoryId}:${digest}`, { repositoryId, digest });
    }
    case 'registry': {
      const registryKey = registryOf(event);
      return [`${job} of ${registryKey}`, registryJobsStatement(registryKey, job)];
    }
    case 'site':
      return keyed(job, {});
    case 'event':
      return null;
  }
}

function repositoryOf({ type, resource }: Event): bigint {
  if ('repositoryId' in resource) return resource.repositoryId;
  throw new Error(`${type} has no repository`);
}

function digestOf({ type, resource }: Event): string {
  if ('digest' in resource) return resource.digest;
  throw new Error(`${type} has no manifest`);
}

function registryOf({ type, registryKey }: Event): bigint {
  if (registryKey) return registryKey;
  throw new Error(`${type} has no registry`);
}
