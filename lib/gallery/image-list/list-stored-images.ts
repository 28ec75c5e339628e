import type { Db } from '#lib/platform/pg/db.ts';
import { findImages, type ImageView } from '../tag-queries.ts';
import { countImages, listImageListRows, type ImageListFilter, type ImageListRow } from './image-list.sql.ts';

export type ListedImage = ImageView & Omit<ImageListRow, 'id'>;

/** Lists images whether they have tags or not, latest push first. Callers authorize. */
export async function listStoredImages(
  app: { db: Db },
  page: ImageListFilter & { offset: number; limit: number },
): Promise<{ images: ListedImage[]; total: number }> {
  const [rows, total] = await Promise.all([listImageListRows(app.db, page), countImages(app.db, page)]);
  const views = await findImages(app, { ids: rows.map(({ id }) => id) });
  const images = rows.flatMap(({ id, ...row }) => {
    const view = views.get(id);
    return view ? [{ ...view, ...row }] : [];
  });
  return { images, total };
}
