import { z } from 'zod';

/** `?offset=&limit=` of lists. */
export const pageSchema = z.object({
  offset: z.coerce.number({ error: 'offset is a number.' }).int().min(0).max(1_000_000).default(0),
  limit: z.coerce.number({ error: 'limit is a number.' }).int().min(1).max(100).default(25),
});

/** `?before=&limit=` of lists that grow while they are read: `before` is the id that the last page ended with. */
export const keysetSchema = z.object({
  before: z
    .string()
    .regex(/^\d{1,18}$/, 'before is an id.')
    .transform(BigInt)
    .nullable()
    .default(null),
  limit: pageSchema.shape.limit,
});

/** `?page=&limit=` of what the gallery's pages list too: counts from 1, as theirs do. */
export const numberedPageSchema = z.object({
  page: z.coerce.number({ error: 'page is a number.' }).int().min(1).max(10_000).default(1),
  limit: pageSchema.shape.limit,
});

export function toOffset({ page, limit }: z.output<typeof numberedPageSchema>): number {
  return (page - 1) * limit;
}
