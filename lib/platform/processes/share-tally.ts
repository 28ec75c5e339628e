import { batchSchema } from './share-counts.ts';
import type { Siblings } from './siblings.ts';
import { tellInBatches } from './tell-in-batches.ts';

/** Counts what is going on in several processes, such as uploads by user. */
export type SharedTally = {
  add: (key: string, count: number) => void;
  /** What the other processes count. Those that have ended count nothing. */
  others: (key: string) => number;
};

export function shareTally(siblings: Siblings, topic: string): SharedTally {
  const name = `tally ${topic}`;
  const byProcess = new Map<string, Map<string, number>>();
  siblings.hear(name, (news, from) => {
    const counts = byProcess.get(from) ?? new Map<string, number>();
    byProcess.set(from, counts);
    for (const [key, count] of batchSchema.parse(news)) {
      const sum = (counts.get(key) ?? 0) + count;
      if (sum === 0) counts.delete(key);
      else counts.set(key, sum);
    }
  });
  siblings.onGone((process) => byProcess.delete(process));
  return {
    add: tellInBatches(siblings, name),
    others: (key) => [...byProcess.values()].reduce((sum, counts) => sum + (counts.get(key) ?? 0), 0),
  };
}
