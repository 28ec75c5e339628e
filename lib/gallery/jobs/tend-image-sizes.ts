import type pg from 'pg';
import { pruneImageSizes } from '#lib/gallery/images/image-sizes.sql.ts';

/** About 10 MB with its indexes. */
const MAX_SIZES = 50_000;
const UNUSED_DAYS = 90;

/** Bounds the table of image sizes, which are measured again when an image is served. */
export async function tendImageSizes({ pool }: { pool: pg.Pool }, max = MAX_SIZES): Promise<void> {
  await pruneImageSizes(pool, { max, days: UNUSED_DAYS });
}
