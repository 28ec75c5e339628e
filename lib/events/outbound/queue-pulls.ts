// Tells webhooks about pulls. They are sampled, because popular images are pulled many times a second.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { OUTSIDERS } from './shown-actor.sql.ts';
import type { QueuedEvent } from './build-outbound-events.ts';
import { listPullWatchers, queueEventsNow } from './queue-events.sql.ts';

/** An image is at most one event in this time, in each process. */
const SAMPLE_MS = 60_000;
/** How long a new webhook may wait for its first pull. */
const WATCHERS_MS = 10_000;
/** Images that a process remembers. Beyond that, pulls of others aren't sampled until it forgets some. */
const MAX_IMAGES = 10_000;

type Pulled = Pick<QueuedEvent, 'registryKey' | 'tag' | 'digest'> & { fullName: string; userId: string | null };
export type PullSampler = (pulls: readonly Pulled[]) => Promise<void>;

/** The returned function queues an event for each image that a webhook watches and that had none lately. */
export function createPullSampler(pool: pg.Pool): PullSampler {
  const sampledAt = new Map<string, number>();
  let watchers: ReadonlySet<bigint> = new Set();
  let readAt = -Infinity;

  const sample = (pull: Pulled, now: number): boolean => {
    const key = `${pull.registryKey} ${pull.fullName} ${pull.tag ?? pull.digest}`;
    if (sampledAt.has(key) || sampledAt.size >= MAX_IMAGES) return false;
    sampledAt.set(key, now);
    return true;
  };
  return async (pulls) => {
    const now = performance.now();
    if (now - readAt > WATCHERS_MS) {
      watchers = await listPullWatchers(pool);
      readAt = now;
    }
    if (watchers.size === 0) return;
    for (const [key, at] of sampledAt) {
      if (now - at < SAMPLE_MS) break;
      sampledAt.delete(key);
    }
    const events = pulls.filter((pull) => watchers.has(pull.registryKey) && sample(pull, now)).map(toEvent);
    if (events.length > 0) await queueEventsNow(pool, events);
  };
}

function toEvent({ registryKey, fullName, tag, digest, userId }: Pulled): QueuedEvent {
  return {
    eventId: randomUUID(),
    type: 'image.pulled',
    registryKey,
    repository: fullName,
    tag,
    digest,
    actorId: userId,
    actorLabel: userId ? OUTSIDERS.user : 'anonymous',
    detail: {},
  };
}
