import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { advanceBackfills } from './backfills/advance-backfills.ts';
import { openAgents } from './client/open-agents.ts';
import { runTask, type ReplicationApp } from './run-task.ts';
import { takeTasks } from './task-rows.sql.ts';

type App = ReplicationApp & { config: { mirrors: { allowedNetworks: string[] } } };

export type Replicator = {
  /** Works on due tasks until none is left, and returns how many it tried. */
  drain: () => Promise<number>;
  stop: () => Promise<void>;
};

const CONCURRENT_TASKS = 8;
const PER_DESTINATION = 4;
const POLL_MS = 1_000;
const FAILED_POLL_MS = 10_000;

/** Copies images to other registries, apart from the job queue, which long copies would hold up. */
export function startReplication(app: App, { isPolling = true }: { isPolling?: boolean } = {}): Replicator {
  const ending = new AbortController();
  const { signal } = ending;
  const agents = openAgents(app, CONCURRENT_TASKS * 2);
  const running = new Set<Promise<void>>();

  const takeSome = async (): Promise<number> => {
    const limit = CONCURRENT_TASKS - running.size;
    const tasks = await takeTasks(app, { lease: randomUUID(), limit, perDestination: PER_DESTINATION });
    for (const task of tasks) {
      const run = runTask(app, { task, agents, signal }).catch((error: unknown) => {
        app.log.warn({ err: error }, 'a replication task could not be recorded');
      });
      running.add(run);
      void run.finally(() => running.delete(run));
    }
    return tasks.length;
  };

  const drain = async (): Promise<number> => {
    let tried = 0;
    await advanceBackfills(app, signal);
    while (!signal.aborted) {
      const taken = running.size < CONCURRENT_TASKS ? await takeSome() : 0;
      tried += taken;
      if (taken === 0 && running.size === 0) break;
      await Promise.race([...running, sleep(POLL_MS)]);
    }
    if (tried > 0) await advanceBackfills(app, signal);
    return tried;
  };

  const poll = async (): Promise<void> => {
    while (!signal.aborted) {
      const pauseMs = await drain().then(
        () => POLL_MS,
        (error: unknown) => {
          app.log.warn({ err: error }, 'replication is waiting for the database');
          return FAILED_POLL_MS;
        },
      );
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  };

  const polling = isPolling ? poll() : Promise.resolve();
  return {
    drain,
    stop: async () => {
      ending.abort();
      await polling;
      await Promise.all(running);
      agents.close();
    },
  };
}
