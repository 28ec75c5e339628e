import { batchSchema } from './share-counts.ts';
import type { Siblings } from './siblings.ts';

/** Counts what is going on in several processes, such as uploads by user. */
export type SharedTally = {
  add: (key: string, count: number) => void;
  /** What the other processes count. Those that have ended count nothing. */
  others: (key: string) => number;
};

/**
 * Tells whole counts rather than changes, so that a process that starts later learns of all by asking once. What one turn of
 * the event loop changes is told together.
 */
export function shareTally(siblings: Siblings, topic: string): SharedTally {
  const [name, arrival] = [`tally ${topic}`, `tally ${topic} arrival`];
  const own = new Map<string, number>();
  const byProcess = new Map<string, Map<string, number>>();
  const changed = new Set<string>();
  const tellLater = (keys: Iterable<string>) => {
    if (changed.size === 0) {
      setImmediate(() => {
        const counts = [...changed].map((key) => [key, own.get(key) ?? 0]);
        changed.clear();
        if (counts.length > 0) siblings.tell(name, counts);
      });
    }
    for (const key of keys) changed.add(key);
  };
  siblings.hear(name, (news, from) => {
    const counts = byProcess.get(from) ?? new Map<string, number>();
    byProcess.set(from, counts);
    for (const [key, count] of batchSchema.parse(news)) {
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    }
  });
  siblings.hear(arrival, () => tellLater(own.keys()));
  siblings.onGone((process) => byProcess.delete(process));
  siblings.tell(arrival, null);
  return {
    add: (key, count) => {
      const sum = (own.get(key) ?? 0) + count;
      if (sum === 0) own.delete(key);
      else own.set(key, sum);
      tellLater([key]);
    },
    others: (key) => [...byProcess.values()].reduce((sum, counts) => sum + (counts.get(key) ?? 0), 0),
  };
}
