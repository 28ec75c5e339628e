import { LineageFacts } from '#components/catalog/lineage-facts.tsx';
import { getApp } from '#lib/app.ts';
import { loadLineage } from '#lib/gallery/repository/load-lineage.ts';
import type { ImageView } from '#lib/gallery/tag-queries.ts';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';

/** The others are only counted. */
export const MAX_DEPENDENTS_SHOWN = 5;

/** The lineage of an image, if there is any. */
export async function LineagePart({ loaded, image }: { loaded: LoadedRepository; image: ImageView }) {
  const lineage = await loadLineage(getApp(), {
    repositoryId: loaded.repository.id,
    image,
    limit: MAX_DEPENDENTS_SHOWN,
  });
  if (!lineage || (lineage.base === null && lineage.dependentCount === 0)) return null;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-3 text-sm">
      <LineageFacts lineage={lineage} />
    </dl>
  );
}
