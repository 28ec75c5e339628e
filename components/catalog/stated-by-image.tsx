import type { ReactNode } from 'react';
import type { StatedFacts } from '#lib/gallery/repository/stated-facts.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import { Fact } from '../ui/fact.tsx';
import { OutwardLink } from './outward-link.tsx';

const MAX_LENGTH = 200;
const COMMIT_CHARACTERS = 12;

/** What the annotations and labels of an image say. None of it is verified. */
export function StatedByImage({ facts }: { facts: StatedFacts }) {
  const { source, documentation, website, licences, version, revision, revisionLink, vendor, authors, baseName } =
    facts;
  const rows: [term: string, value: ReactNode][] = [
    ['Source', source && <OutwardLink href={source} />],
    ['Documentation', documentation && <OutwardLink href={documentation} />],
    ['Website', website && <OutwardLink href={website} />],
    ['Licence', licences && <Words text={licences} />],
    ['Version', version && <Words isCode text={version} />],
    ['Revision', revision && <Revision href={revisionLink} text={revision} />],
    ['Vendor', vendor && <Words text={vendor} />],
    ['Authors', authors && <Words text={authors} />],
    ['Base image', baseName && <Words isCode text={baseName} />],
  ];
  const given = rows.filter(([, value]) => value !== null);
  if (given.length === 0) return null;
  return (
    <section aria-labelledby="stated-title" className="mt-6 border-t border-line pt-4">
      <h2 className="mb-3 font-semibold" id="stated-title">
        Stated by the image
      </h2>
      <dl className="grid grid-cols-1 gap-4 sm:grid-cols-2 lg:grid-cols-1">
        {given.map(([term, value]) => (
          <Fact key={term} term={term}>
            {value}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function Words({ text, isCode = false }: { text: string; isCode?: boolean }) {
  return (
    <bdi className={`wrap-anywhere ${isCode ? 'font-mono' : ''}`} dir="auto">
      {toVisibleText(text, MAX_LENGTH)}
    </bdi>
  );
}

function Revision({ text, href }: { text: string; href: string | null }) {
  if (href === null) return <Words isCode text={text} />;
  return (
    <a className="link font-mono" href={href} rel="nofollow ugc noopener noreferrer" title={text}>
      {text.slice(0, COMMIT_CHARACTERS)}
    </a>
  );
}
