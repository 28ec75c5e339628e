import type { PlatformView, TagView } from '#lib/gallery/tag-queries.ts';
import { repositoryLink, type RepositoryLink } from '../links.ts';
import { countOf, formatBytes } from '../ui/format-number.ts';
import { platformText } from './platform-text.ts';

/** Tags may have hundreds of platforms. The table fits a screen with this many. */
const MAX_COLUMNS = 8;

type PlatformMatrixProps = { repository: RepositoryLink; tags: TagView[] };

/** Shows which platforms each tag is built for, with the download size. Below 1024 px, each row is a card. */
export function PlatformMatrix({ repository, tags }: PlatformMatrixProps) {
  const platforms = commonPlatforms(tags);
  const shown = platforms.slice(0, MAX_COLUMNS);
  return (
    <>
      <div className="rounded-lg border border-line">
        <table className="platform-matrix w-full border-collapse text-sm max-lg:block">
          <thead className="bg-surface text-left max-lg:hidden">
            <tr>
              <th className="px-3 py-2 font-medium text-muted" scope="col">
                Tag
              </th>
              {shown.map((platform) => (
                <th className="px-2 py-2 text-right font-mono font-medium text-muted" key={platform} scope="col">
                  {platform}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="max-lg:block">
            {tags.map((tag) => (
              <tr
                className="border-line not-first:border-t hover:bg-surface max-lg:block max-lg:px-3 max-lg:py-2 lg:first:border-t"
                key={tag.tag}
              >
                <th className="text-left font-normal max-lg:block lg:px-3 lg:py-1" scope="row">
                  <a
                    className="inline-block min-h-6 font-mono font-semibold wrap-anywhere hover:underline"
                    href={repositoryLink({ ...repository, item: { tag: tag.tag } })}
                  >
                    {tag.tag}
                  </a>
                </th>
                <Sizes platforms={shown} repository={repository} tag={tag} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {platforms.length > shown.length && (
        <p className="mt-3 text-sm text-muted">
          The {shown.length} most common platforms of these tags. {countOf(platforms.length - shown.length, 'other')}{' '}
          not shown.
        </p>
      )}
    </>
  );
}

type SizesProps = { repository: RepositoryLink; platforms: string[]; tag: TagView };

/** Cells have few elements and no classes, because a page has hundreds of them. */
function Sizes({ repository, platforms, tag }: SizesProps) {
  // Of several images for a platform, a client takes the first.
  const images = new Map(tag.platforms.toReversed().map((image) => [platformText(image), image]));
  return platforms.map((platform) => {
    const image = images.get(platform);
    return image ? (
      <td data-platform={platform} key={platform}>
        <Size image={image} platform={platform} repository={repository} />
      </td>
    ) : (
      <td className="text-muted" key={platform}>
        <span aria-hidden="true">–</span>
        <span className="sr-only">None</span>
      </td>
    );
  });
}

type SizeProps = { repository: RepositoryLink; platform: string; image: PlatformView };

function Size({ repository, platform, image: { digest, sizeBytes } }: SizeProps) {
  if (sizeBytes === null) return <span className="text-muted">not stored</span>;
  const size = formatBytes(sizeBytes);
  return (
    <a
      aria-label={`${size} for ${platform}`}
      className="link"
      href={repositoryLink({ ...repository, item: { digest } })}
    >
      {size}
    </a>
  );
}

/** Lists the platforms of all tags, those of most tags first. */
function commonPlatforms(tags: TagView[]): string[] {
  const counts = new Map<string, number>();
  for (const { platforms } of tags) {
    for (const platform of new Set(platforms.map(platformText))) {
      counts.set(platform, (counts.get(platform) ?? 0) + 1);
    }
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b, 'en')).map(([platform]) => platform);
}
