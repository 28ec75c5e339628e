import { z } from 'zod';

/** `?offset=&limit=` of lists. */
export const pageSchema = z.object({
  offset: z.coerce.number({ error: 'offset is a number.' }).int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number({ error: 'limit is a number.' }).int().min(1).max(100).default(25),
});
