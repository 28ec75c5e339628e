import type { Related } from '#lib/gallery/repository/find-related.ts';
import { publisherLink, repositoryLink } from '../links.ts';
import { countOf } from '../ui/format-number.ts';
import { CompactRow, ListPanel } from './compact-row.tsx';

type RelatedProps = {
  related: Related;
  publisher: { alias: string; name: string };
  /** The label of the category of `related`. */
  categoryLabel: string;
};

/** Repositories to look at next. Renders nothing without any. */
export function RelatedRepositories({
  related: { samePublisher, sameCategory },
  publisher,
  categoryLabel,
}: RelatedProps) {
  const similar = sameCategory && sameCategory.repositories.length > 0 ? sameCategory : null;
  if (samePublisher.length === 0 && !similar) return null;
  return (
    <div className="mt-12 grid grid-cols-1 gap-8 border-t border-line pt-8 md:grid-cols-2">
      {samePublisher.length > 0 && (
        <ListPanel
          more={
            <a className="link text-sm" href={publisherLink(publisher.alias)}>
              Show all
            </a>
          }
          title={`More by ${publisher.name || publisher.alias}`}
        >
          <Rows repositories={samePublisher} />
        </ListPanel>
      )}
      {similar && (
        <ListPanel title={`Popular in ${categoryLabel}`}>
          <Rows repositories={similar.repositories} />
        </ListPanel>
      )}
    </div>
  );
}

function Rows({ repositories }: { repositories: Related['samePublisher'] }) {
  return repositories.map(({ id, alias, name, logoId, description, pullCount }) => (
    <CompactRow
      href={repositoryLink({ alias, name })}
      key={String(id)}
      logoId={logoId}
      meta={description || countOf(pullCount, 'pull')}
      tileName={name.split('/').at(-1) ?? name}
      title={`${alias}/${name}`}
    />
  ));
}
