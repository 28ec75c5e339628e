import type { UserCaller } from '#lib/access/schema.ts';
import type { Db } from '#lib/platform/pg/db.ts';
import { isAppError, type AppError, type ErrorCode } from '#lib/platform/errors.ts';
import type { FoundRepository } from '#lib/repositories/find-repository.ts';
import { deleteImage, type DeletedImage, type ImageToDelete } from './delete-image.ts';

type Refused<Image> = { image: Image; error: AppError };

const OF_ONE_IMAGE: readonly ErrorCode[] = ['manifest_not_found', 'conflict', 'unsupported'];

type Input<Image> = { caller: UserCaller; repository: FoundRepository; images: readonly Image[] };

/**
 * Deletes each image by itself. An image that an index lists can be deleted once the index is, so the order doesn't
 * matter. Callers authorize.
 */
export async function deleteImages<Image extends ImageToDelete>(
  app: { db: Db },
  { caller, repository, images }: Input<Image>,
): Promise<{ deleted: DeletedImage[]; failures: Refused<Image>[] }> {
  const deleted: DeletedImage[] = [];
  const failures: Refused<Image>[] = [];
  let waiting = images;
  for (let isProgress = true; isProgress;) {
    isProgress = false;
    const listed: Refused<Image>[] = [];
    for (const image of waiting) {
      try {
        deleted.push(await deleteImage(app, { caller, repository, ...image }));
        isProgress = true;
      } catch (error) {
        if (!isAppError(error) || !OF_ONE_IMAGE.includes(error.code)) throw error;
        (error.code === 'unsupported' ? listed : failures).push({ image, error });
      }
    }
    waiting = listed.map(({ image }) => image);
    if (!isProgress) failures.push(...listed);
  }
  return { deleted, failures };
}
