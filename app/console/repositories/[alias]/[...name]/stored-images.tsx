import { redirect } from 'next/navigation';
import { ConsoleImageTable } from '#components/console/images/console-image-table.tsx';
import type { ImageListProps } from '#components/console/images/image-cells.tsx';
import { ImageDeletion } from '#components/console/images/image-deletion.tsx';
import { consoleRepositoryLink } from '#components/links.ts';
import { TagFilter } from '#components/tags/tag-filter.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Pager } from '#components/ui/pager.tsx';
import { getApp } from '#lib/app.ts';
import { listStoredImages } from '#lib/gallery/image-list/list-stored-images.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { chooseImagesAction, deleteImagesAction } from '../../image-actions.ts';
import { AddTag } from './add-tag.tsx';

const PAGE_SIZE = 50;

type StoredImagesProps = {
  loaded: ConsoleRepository;
  shown: ImageListProps;
  tagStatus: 'untagged' | 'any';
  /** Part of a digest. */
  q: string;
  page: number;
  canTag: boolean;
};

/** Images by digest: those without tags, or all. */
export async function StoredImages({ loaded, shown, tagStatus, q, page, canTag }: StoredImagesProps) {
  const app = getApp();
  const { path, repository } = loaded;
  const offset = (page - 1) * PAGE_SIZE;
  const asked = { repositoryId: repository.id, tagStatus, query: q, offset, limit: PAGE_SIZE };
  const { images, total } = await listStoredImages(app, asked);
  const pageHref = (to: number) => consoleRepositoryLink(path, { status: tagStatus, q, page: to === 1 ? null : to });
  if (images.length === 0 && total > 0) redirect(pageHref(Math.ceil(total / PAGE_SIZE)));
  if (total === 0 && q === '') {
    return (
      <EmptyState title={tagStatus === 'any' ? 'No images yet' : 'No untagged images'}>
        <p>
          {tagStatus === 'any'
            ? 'Pushed images appear here.'
            : 'Images whose tags were moved or deleted appear here, and the images that an index lists.'}
        </p>
      </EmptyState>
    );
  }
  const table = (
    <>
      <ConsoleImageTable {...shown} images={images} />
      <Pager href={pageHref} label="Pages of images" page={page} pageSize={PAGE_SIZE} total={total} />
    </>
  );
  return (
    <>
      <TagFilter
        kept={{ status: tagStatus }}
        label="Filter images"
        path={consoleRepositoryLink(path)}
        placeholder="Part of a digest"
        q={q}
      />
      <p className="mt-3 mb-2 text-sm break-words text-muted tabular-nums" role="status">
        {countOf(total, tagStatus === 'any' ? 'image' : 'untagged image')}
        {q && ` with “${q}”`}
      </p>
      {images.length > 0 &&
        (shown.canDelete ? (
          <ImageDeletion
            choose={chooseImagesAction.bind(null, shown.repository)}
            remove={deleteImagesAction.bind(null, { ...shown.repository, status: tagStatus })}
            restoreDays={app.config.restoreDays}
          >
            {table}
          </ImageDeletion>
        ) : (
          table
        ))}
      {images.length > 0 && canTag && (
        <AddTag repository={shown.repository} sources={images.map(({ digest }) => digest)} />
      )}
    </>
  );
}
