import { LineageFacts } from '#components/catalog/lineage-facts.tsx';
import type { ImageView } from '#lib/gallery/tag-queries.ts';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';
import { loadLineage } from '../../_lib/repository/load-lineage.ts';

/** The lineage of an image, if there is any. */
export async function LineagePart({ loaded, image }: { loaded: LoadedRepository; image: ImageView }) {
  const lineage = await loadLineage(loaded.repository.id, image);
  if (!lineage || (lineage.base === null && lineage.dependentCount === 0)) return null;
  return (
    <dl className="mt-3 flex flex-wrap gap-x-8 gap-y-3 text-sm">
      <LineageFacts lineage={lineage} />
    </dl>
  );
}
