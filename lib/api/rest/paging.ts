import { z } from 'zod';

/** `?offset=&limit=` of lists. */
export const pageSchema = z.object({
  offset: z.coerce.number({ error: 'offset must be a number.' }).int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number({ error: 'limit must be a number.' }).int().min(1).max(100).default(25),
});

/** `?before=&limit=` of lists that grow while they are read. `before` is the last id of the previous page. */
export const keysetSchema = z.object({
  before: z
    .string()
    .regex(/^\d{1,18}$/, 'before must be an id.')
    .transform(BigInt)
    .nullable()
    .default(null),
  limit: pageSchema.shape.limit,
});

/** `?page=&limit=` of lists that the gallery's pages show too. Counts from 1. */
export const numberedPageSchema = z.object({
  page: z.coerce.number({ error: 'page must be a number.' }).int().min(1).max(10_000).default(1),
  limit: pageSchema.shape.limit,
});

export function toOffset({ page, limit }: z.output<typeof numberedPageSchema>): number {
  return (page - 1) * limit;
}
