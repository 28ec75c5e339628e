import type { ListedImage } from '#lib/gallery/image-list/list-stored-images.ts';
import { DigestLink } from '../../explorer/digest-link.tsx';
import { consoleRepositoryLink, repositoryLink } from '../../links.ts';
import { ImageCommands } from '../../tags/image-commands.tsx';
import { downloadSizeText } from '../../tags/platform-text.ts';
import { Chip } from '../../ui/chip.tsx';
import { DenseRow, DenseTable } from '../../ui/dense-table.tsx';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { LastPull, PlatformNames, RowCheckbox, type ImageListProps } from './image-cells.tsx';

type ConsoleImageTableProps = ImageListProps & { images: ListedImage[] };

/** Images by digest, with their tags. */
export function ConsoleImageTable({ images, isMirrored, ...row }: ConsoleImageTableProps) {
  const columns = ['Image', isMirrored ? 'Fetched' : 'Pushed', 'Size', 'Platforms', 'Pulled', 'Copy'];
  return (
    <DenseTable columns={columns} label="Table of images" width="wide">
      {images.map((image) => (
        <Row columns={columns} image={image} key={image.digest} {...row} />
      ))}
    </DenseTable>
  );
}

type RowProps = Omit<ConsoleImageTableProps, 'images' | 'isMirrored'> & { columns: string[]; image: ListedImage };

function Row({ columns, image, repository, address, isPrivate, canDelete, canSeePulls }: RowProps) {
  const { digest, pushedAt, lastPulledAt, platforms } = image;
  const pulls = consoleRepositoryLink({ ...repository, tab: 'pulls' }, { digest });
  return (
    <DenseRow columns={columns}>
      <th className="text-left font-normal sm:max-w-80 sm:min-w-48" scope="row">
        <span className="flex items-start gap-2">
          {canDelete && <RowCheckbox about={digest} name="image" value={digest} />}
          <span className="min-w-0">
            <Name image={image} repository={repository} />
          </span>
        </span>
      </th>
      <td>
        <TimeAgo date={pushedAt} />
      </td>
      <td className="whitespace-nowrap tabular-nums">{downloadSizeText(image)}</td>
      <td>{platforms.length > 0 ? <PlatformNames platforms={platforms} /> : 'none'}</td>
      <td>
        <LastPull about={digest} date={lastPulledAt} pullsHref={canSeePulls ? pulls : null} />
      </td>
      <td>
        <ImageCommands address={address} image={{ tag: null, digest }} isPrivate={isPrivate} name={repository.name} />
      </td>
    </DenseRow>
  );
}

function Name({ image, repository }: Pick<RowProps, 'image' | 'repository'>) {
  const { digest, tags, tagCount, isAttached, isListed } = image;
  return (
    <>
      <DigestLink digest={digest} href={repositoryLink({ ...repository, item: { digest } })} />
      <span className="mt-1 flex flex-wrap gap-x-2 gap-y-1">
        {tagCount === 0 && <Chip>Untagged</Chip>}
        {tags.map((tag) => (
          <a
            className="font-mono break-all hover:underline"
            href={repositoryLink({ ...repository, item: { tag } })}
            key={tag}
          >
            {tag}
          </a>
        ))}
        {tagCount > tags.length && <span className="text-muted">and {tagCount - tags.length} more</span>}
        {isListed && <Chip title="Can be deleted after the index that lists it">Part of an index</Chip>}
        {isAttached && <Chip title="A signature, attestation or build cache">Attachment</Chip>}
      </span>
    </>
  );
}
