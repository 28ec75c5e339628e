import { z } from 'zod';
import type { CountPeers } from '#lib/platform/http/client-limit.ts';
import type { Siblings } from './siblings.ts';
import { tellInBatches } from './tell-in-batches.ts';

export const batchSchema = z.array(z.tuple([z.string(), z.number()]));

/**
 * Counts for the same clients as the other processes of the machine. A process learns of the others' counts within
 * milliseconds, so a burst over many connections may exceed a limit by what arrives in that time.
 */
export function shareCounts(siblings: Siblings, topic: string): CountPeers {
  const name = `count ${topic}`;
  const add = tellInBatches(siblings, name);
  return {
    tell: (client) => add(client, 1),
    hear: (handle) => {
      siblings.hear(name, (news) => {
        for (const [client, count] of batchSchema.parse(news)) handle(client, count);
      });
    },
  };
}
