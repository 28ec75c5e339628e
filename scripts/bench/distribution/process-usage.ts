// Measures CPU and memory of a server and its child processes. Linux only, NaN elsewhere.
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { listTree } from '../../../e2e/start/site-process.ts';

const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 500;

export type Usage = {
  /** User and system CPU seconds. */
  cpuSeconds: number;
  /** MiB. Memory shared by processes of one program counts once. */
  peakMib: number;
};

/** @param dataDir finds Vitrine's PostgreSQL, which isn't a child process. Null for others. */
export class UsageMeter {
  readonly #pids: () => number[];

  constructor(pid: number, dataDir: string | null) {
    this.#pids = () => listTree(pid, dataDir ?? '/nowhere');
  }

  /** Measures while `work` runs. */
  async measure<Result>(work: () => Promise<Result>): Promise<{ result: Result; usage: Usage }> {
    if (!existsSync('/proc/self/stat')) return { result: await work(), usage: { cpuSeconds: NaN, peakMib: NaN } };
    const before = this.cpuSeconds();
    let peakMib = this.memoryMib();
    const timer = setInterval(() => (peakMib = Math.max(peakMib, this.memoryMib())), SAMPLE_MS);
    try {
      const result = await work();
      peakMib = Math.max(peakMib, this.memoryMib());
      return { result, usage: { cpuSeconds: this.cpuSeconds() - before, peakMib } };
    } finally {
      clearInterval(timer);
    }
  }

  cpuSeconds(): number {
    return this.#sum((pid) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // utime, stime, cutime and cstime, which include children that have exited.
      return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / TICKS_PER_SECOND;
    });
  }

  /**
   * Uses counters that the kernel maintains anyway. Walking the pages (smaps) would slow down the measured processes.
   */
  memoryMib(): number {
    const sharedKib = new Map<string, number>();
    const ownKib = this.#sum((pid) => {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
      const program = readlinkSync(`/proc/${pid}/exe`);
      sharedKib.set(program, Math.max(sharedKib.get(program) ?? 0, read('RssFile') + read('RssShmem')));
      return read('RssAnon');
    });
    return [...sharedKib.values()].reduce((sum, kib) => sum + kib, ownKib) / 1024;
  }

  #sum(read: (pid: number) => number): number {
    return this.#pids().reduce((sum, pid) => {
      try {
        return sum + read(pid);
      } catch {
        // The process exited after it was listed.
        return sum;
      }
    }, 0);
  }
}
