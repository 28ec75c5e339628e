import { downloadSizeText } from '#components/tags/platform-text.ts';
import { previewImageLink, publisherLink, repositoryLink } from '#components/links.ts';
import { cleanText, scriptSafeJson } from '#lib/api/feeds/clean-text.ts';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import type { ImageView, TagView } from '#lib/gallery/tag-queries.ts';
import { absoluteUrl } from './public-files.ts';

const MAX_DESCRIPTION = 1_000;

/** https://schema.org: images and charts are software, other artifacts are data. For a public repository. */
export function repositoryJsonLd(
  repository: RepositoryPage,
  { image, version }: { image: TagView | ImageView | null; version: number },
): string {
  const { primaryAlias: alias, name, publisherName, kind } = repository;
  const isData = kind === 'artifact';
  const description = cleanText(repository.description, MAX_DESCRIPTION);
  const platforms = [...new Set((image?.platforms ?? []).map(({ os }) => os))];
  return scriptSafeJson({
    '@context': 'https://schema.org',
    '@type': isData ? 'Dataset' : 'SoftwareApplication',
    name: `${alias}/${name}`,
    ...(description && { description }),
    url: absoluteUrl(repositoryLink({ alias, name })),
    image: absoluteUrl(previewImageLink({ alias, name, version })),
    dateCreated: repository.createdAt.toISOString(),
    ...(repository.lastPushedAt && { dateModified: repository.lastPushedAt.toISOString() }),
    [isData ? 'creator' : 'author']: {
      '@type': 'Organization',
      name: cleanText(publisherName, 200) || alias,
      url: absoluteUrl(publisherLink(alias)),
    },
    isAccessibleForFree: true,
    ...(!isData && {
      applicationCategory: kind === 'chart' ? 'Helm chart' : 'Container image',
      ...(platforms.length > 0 && { operatingSystem: cleanText(platforms.join(', '), 200) }),
      ...(image && { fileSize: downloadSizeText(image) }),
    }),
    ...(image && 'tag' in image && { [isData ? 'version' : 'softwareVersion']: image.tag }),
    interactionStatistic: {
      '@type': 'InteractionCounter',
      interactionType: 'https://schema.org/DownloadAction',
      userInteractionCount: repository.pullCount,
    },
  });
}
