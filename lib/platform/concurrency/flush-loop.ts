export type FlushLoop = {
  /** Resolves once everything buffered at the time of the call has been written or put back. */
  flush: () => Promise<void>;
  /** Stops the timer and flushes. */
  close: () => Promise<void>;
};

/** Flushes a buffer at an interval, one write at a time. `write` must not reject. */
export function startFlushLoop(intervalMs: number, write: () => Promise<void>): FlushLoop {
  let current: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const flush = (): Promise<void> => {
    if (current === null) {
      current = write().finally(() => (current = null));
      return current;
    }
    next ??= current.then(() => {
      next = null;
      return flush();
    });
    return next;
  };

  const timer = setInterval(() => {
    if (current === null) void flush();
  }, intervalMs);
  timer.unref();
  return {
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}
