import { repositoryLink } from '#components/links.ts';
import { Notice } from '#components/ui/notice.tsx';
import type { RepositoryPage } from '#lib/gallery/gallery-queries.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import type { ShownImages, UnknownReference } from './load-shown-images.ts';

const MAX_LENGTH = 128;

type UnknownImageProps = {
  repository: RepositoryPage;
  unknown: UnknownReference;
  /** What the page shows instead. */
  shown: ShownImages['shown'];
  /** Whether similar tags link to their own pages, instead of this one. */
  isTagPage?: boolean;
};

/** Says that the tag or digest in the URL doesn't exist, and offers similar tags. */
export function UnknownImage({ repository, unknown, shown, isTagPage = false }: UnknownImageProps) {
  const { text, near } = unknown;
  const at = { alias: repository.primaryAlias, name: repository.name };
  const what = parseDigest(text) ? 'image with the digest' : 'tag';
  return (
    <div className="mb-3">
      <Notice tone="warning">
        <p className="wrap-anywhere">
          No {what} <span className="font-mono">{toVisibleText(text, MAX_LENGTH)}</span> here.{' '}
          {shown && (
            <>
              This page shows {'tag' in shown ? <span className="font-mono">{shown.tag}</span> : 'the newest image'}{' '}
              instead.{' '}
            </>
          )}
          <a className="underline underline-offset-2" href={repositoryLink({ ...at, tab: 'tags' })}>
            Show all tags
          </a>
        </p>
        {near.length > 0 && (
          <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1">
            Similar tags:
            {near.map((tag) => (
              <a
                className="font-mono wrap-anywhere underline underline-offset-2"
                href={isTagPage ? repositoryLink({ ...at, item: { tag } }) : repositoryLink(at, { tag })}
                key={tag}
                rel="nofollow"
              >
                {tag}
              </a>
            ))}
          </p>
        )}
      </Notice>
    </div>
  );
}
