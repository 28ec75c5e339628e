// Every job has a source and a handler.
import { expect, test } from 'vitest';
import type { App } from '#lib/app.ts';
import { resourceKind, CHANGES, OCCURRENCES, type EventType } from '#lib/events/event-types.ts';
import { SUBSCRIBERS } from '#lib/events/subscribers.ts';
import { jobHandlers, JOBS_AT_START, SCHEDULE } from './worker.ts';

const reactionJobs = SUBSCRIBERS.flatMap((row) => ('job' in row ? [row.job] : []));

test('every job has a handler and every handler a source', () => {
  const enqueued = new Set([...reactionJobs, ...JOBS_AT_START, ...Object.keys(SCHEDULE)]);
  expect(Object.keys(jobHandlers({} as App)).sort()).toEqual([...enqueued].sort());
});

test('every subscriber’s events have the resource its job needs', () => {
  const needs = { repository: ['repository', 'tag', 'manifest', 'blob'], manifest: ['manifest', 'blob'] } as const;
  for (const row of SUBSCRIBERS) {
    const scope = 'per' in row ? row.per : row.inTransaction === 'hide-from-search' ? 'repository' : null;
    if (scope !== 'repository' && scope !== 'manifest') continue;
    const wrong = row.on.filter((type) => !(needs[scope] as readonly string[]).includes(resourceKind(type)));
    expect(wrong).toEqual([]);
  }
});

test('every subscribed event type exists', () => {
  const types = new Set<EventType>([...Object.keys(CHANGES), ...Object.keys(OCCURRENCES)] as EventType[]);
  for (const { on } of SUBSCRIBERS) for (const type of on) expect(types).toContain(type);
});
