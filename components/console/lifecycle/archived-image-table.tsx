import type { ArchivedImage } from '#lib/images/storage-class/list-archived-images.ts';
import { ButtonForm } from '../../forms/button-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { ShortDigest } from '../../tags/short-digest.tsx';
import { DenseRow, DenseTable } from '../../ui/dense-table.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';

type ArchivedImageTableProps = {
  images: ArchivedImage[];
  /** Null if the viewer may not restore them. */
  restore: ((digest: string) => FormAction) | null;
};

const COLUMNS = ['Image', 'Archived', 'Restore'];

/** Images that can't be pulled until they are restored. */
export function ArchivedImageTable({ images, restore }: ArchivedImageTableProps) {
  return (
    <DenseTable columns={COLUMNS} label="Table of archived images" width="narrow">
      {images.map(({ digest, tags, archivedAt }) => (
        <DenseRow columns={COLUMNS} key={digest}>
          <th className="max-w-80 text-left font-normal break-words" scope="row">
            <ShortDigest digest={digest} />
            <span className="block font-mono text-muted">{tags.join(', ') || 'untagged'}</span>
          </th>
          <td>{archivedAt && <TimeAgo date={archivedAt} />}</td>
          <td>
            {restore ? <ButtonForm about={digest} action={restore(digest)} button="Restore" /> : 'by maintainers'}
          </td>
        </DenseRow>
      ))}
    </DenseTable>
  );
}
