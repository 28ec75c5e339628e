import type { ReactNode } from 'react';
import type { SearchHit } from '#lib/search/schema.ts';
import { CompactRow, ListPanel } from '../catalog/compact-row.tsx';
import { repositoryLink } from '../links.ts';

type RepositoryListProps<Hit> = {
  title: string;
  hits: Hit[];
  meta: (hit: Hit) => ReactNode;
  /** Where the whole list is. */
  more?: { text: string; href: string };
};

/** A short list of repositories. Renders nothing without any. */
export function RepositoryList<Hit extends SearchHit>({ title, hits, meta, more }: RepositoryListProps<Hit>) {
  if (hits.length === 0) return null;
  const moreLink = more && (
    <a className="link text-sm" href={more.href}>
      {more.text}
    </a>
  );
  return (
    <ListPanel more={moreLink} title={title}>
      {hits.map((hit) => (
        <CompactRow
          description={hit.description}
          href={repositoryLink(hit)}
          isVerified={hit.verified}
          key={`${hit.alias}/${hit.name}`}
          logoId={hit.logoId}
          meta={
            <>
              {hit.deprecated && <span className="text-warning">Deprecated · </span>}
              {hit.displayName && <span dir="auto">{hit.displayName} · </span>}
              {meta(hit)}
            </>
          }
          tileName={hit.name.split('/').at(-1) ?? hit.name}
          title={
            <>
              <span className="text-muted">{hit.alias}/</span>
              <span className="font-semibold">{hit.name}</span>
            </>
          }
        />
      ))}
    </ListPanel>
  );
}
