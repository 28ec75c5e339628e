// Supervises a child process that this process depends on.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '#lib/platform/log.ts';

export type KeepRunningOptions = {
  /** The server's name in log messages. */
  name: string;
  isRunning: () => boolean;
  restart: () => Promise<void>;
  /** Called once after `attempts` consecutive failed restarts. Supervision ends then. */
  onLost: (reason: unknown) => void;
  log: Log;
  /** Overridden in tests. */
  timing?: { checkMs: number; firstPauseMs: number; maxPauseMs: number; stableMs: number; attempts: number };
};

const TIMING = { checkMs: 500, firstPauseMs: 1_000, maxPauseMs: 30_000, stableMs: 60_000, attempts: 6 };

/**
 * Restarts the server immediately when it stops, with exponential backoff until it has been up for a minute.
 * The returned function stops supervision and waits for a restart in progress.
 */
export function keepRunning({
  name,
  isRunning,
  restart,
  onLost,
  log,
  timing = TIMING,
}: KeepRunningOptions): () => Promise<void> {
  const ending = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: ending.signal }).catch(() => undefined);
  let pauseMs = 0;
  let failures = 0;
  let startedAt = performance.now();

  const restartOnce = async (): Promise<unknown> => {
    await pause(pauseMs);
    if (ending.signal.aborted || isRunning()) return null;
    pauseMs = Math.min(timing.maxPauseMs, pauseMs === 0 ? timing.firstPauseMs : pauseMs * 2);
    try {
      await restart();
      failures = 0;
      startedAt = performance.now();
      log.warn(`${name} restarted`);
      return null;
    } catch (error) {
      failures += 1;
      log.error({ err: error }, `failed to restart ${name}`);
      return failures >= timing.attempts ? error : null;
    }
  };
  const watch = async () => {
    while (!ending.signal.aborted) {
      if (isRunning()) {
        if (performance.now() - startedAt > timing.stableMs) pauseMs = 0;
        await pause(timing.checkMs);
        continue;
      }
      log.error(`${name} stopped, restarting it`);
      const reason = await restartOnce();
      if (reason !== null && !ending.signal.aborted) return onLost(reason);
    }
  };
  const watching = watch();
  return async () => {
    ending.abort();
    await watching;
  };
}
