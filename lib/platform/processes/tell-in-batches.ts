import type { Siblings } from './siblings.ts';

/** Returns a function that adds to the count of a key. What one turn of the event loop adds is told together. */
export function tellInBatches(siblings: Siblings, topic: string): (key: string, count: number) => void {
  let batch = new Map<string, number>();
  return (key, count) => {
    if (batch.size === 0) {
      setImmediate(() => {
        siblings.tell(topic, [...batch]);
        batch = new Map();
      });
    }
    batch.set(key, (batch.get(key) ?? 0) + count);
  };
}
