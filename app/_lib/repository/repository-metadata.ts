import type { Metadata } from 'next';
import { feedLink, oembedLink, previewImageLink, repositoryLink } from '#components/links.ts';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import type { LoadedRepository } from './load-repository.ts';
import { previewMetadata } from '../frames/page-metadata.ts';
import { absoluteUrl } from './public-files.ts';

/** Only public repositories appear in metadata for other sites. */
export function isPublic({ visibility, quarantineReason, hasImage }: RepositoryPage): boolean {
  return visibility === 'public' && quarantineReason === null && hasImage;
}

/** Of a public repository. */
export function repositoryMetadata(
  { repository, version }: LoadedRepository,
  { title, canonical }: { title: string; canonical: string },
): Metadata {
  const at = { alias: repository.primaryAlias, name: repository.name };
  const fullName = `${at.alias}/${at.name}`;
  const image = previewImageLink({ ...at, version });
  return {
    ...previewMetadata({ title: fullName, description: repository.description, path: canonical, image }),
    title,
    alternates: {
      canonical,
      types: {
        'application/atom+xml': [{ url: feedLink(at), title: 'Tag activity' }],
        'application/json+oembed': [{ url: oembedLink(absoluteUrl(repositoryLink(at))), title: fullName }],
      },
    },
  };
}
