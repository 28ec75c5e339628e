export type JobCount = { done: number; retried: number; failed: number; running: number; seconds: number };

/** Counts the runs of jobs in this process. */
export class JobCounts {
  readonly byJob = new Map<string, JobCount>();

  /** @param isLast whether a failure leaves no attempts */
  async run(job: string, isLast: boolean, work: () => Promise<void>): Promise<void> {
    const count = this.#of(job);
    const startedMs = performance.now();
    count.running += 1;
    try {
      await work();
      count.done += 1;
    } catch (error) {
      count[isLast ? 'failed' : 'retried'] += 1;
      throw error;
    } finally {
      count.running -= 1;
      count.seconds += (performance.now() - startedMs) / 1_000;
    }
  }

  #of(job: string): JobCount {
    const known = this.byJob.get(job);
    if (known) return known;
    const count = { done: 0, retried: 0, failed: 0, running: 0, seconds: 0 };
    this.byJob.set(job, count);
    return count;
  }
}
