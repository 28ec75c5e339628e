import type { ReactNode } from 'react';
import type { AttachedDocument, InTotoStatement } from '#lib/distribution/attached/attached-document.ts';
import type { PackagePage } from '#lib/distribution/attached/package-table.ts';
import { toVisibleLines, toVisibleText } from '#lib/oci/visible-text.ts';
import { JsonView } from '../explorer/json-view.tsx';
import { countOf } from '../ui/format-number.ts';
import { PackageList } from './package-list.tsx';
import { Part } from './parts.tsx';
import { ProvenanceFacts } from './provenance-facts.tsx';
import { SignatureFacts } from './signature-facts.tsx';

const MAX_TEXT_LENGTH = 500;
const MAX_SHOWN_LENGTH = 64 * 1024;

type AttachedDocumentProps = {
  document: AttachedDocument;
  /** The page of an SBOM's packages. */
  packages: PackagePage | null;
  query: string;
  page: number;
  /** The URL of another page or query. */
  href: (query: { q?: string; page?: number }) => string;
  /** Further fields of the search form. */
  hidden: Record<string, string>;
};

/** Shows the facts of a document in a known format, then the document itself. None of it is verified. */
export function AttachedDocumentView({ document, packages, query, page, href, hidden }: AttachedDocumentProps) {
  const { content, signature, statement, json } = document;
  return (
    <div className="flex flex-col gap-5">
      {content.kind === 'sbom' && packages && (
        <PackageList hidden={hidden} href={href} page={page} query={query} sbom={content.sbom} shown={packages} />
      )}
      {content.kind === 'provenance' && <ProvenanceFacts provenance={content.provenance} />}
      {statement && <StatementFacts statement={statement} />}
      {signature && <SignatureFacts claims={signature} />}
      {content.kind === 'text' && (
        <Part title="Text">
          <pre
            aria-label="Text of the document"
            className="max-h-[36rem] overflow-auto rounded-lg border border-line bg-surface px-3 py-2 font-mono text-xs leading-5"
            dir="auto"
            role="region"
            tabIndex={0}
          >
            {toVisibleLines(content.excerpt.text, MAX_SHOWN_LENGTH)}
          </pre>
          {content.excerpt.isCut && <p className="mt-1 text-sm text-muted">{CUT}</p>}
        </Part>
      )}
      {content.kind === 'binary' && <p className="text-muted">This isn’t text, so it can only be downloaded.</p>}
      {json && (
        <JsonPart isOpen={content.kind === 'json'}>
          <JsonView label="JSON of the document" named={new Map()} text={json.text} />
          {json.isCut && <p className="mt-1 text-sm text-muted">{CUT}</p>}
        </JsonPart>
      )}
    </div>
  );
}

const CUT = 'Only the beginning of the document is shown. Download it to see the rest.';

/** Collapsed if the facts above already cover the document. */
function JsonPart({ isOpen, children }: { isOpen: boolean; children: ReactNode }) {
  if (isOpen) return <div>{children}</div>;
  return (
    <details>
      <summary className="w-fit py-1 font-medium text-accent">JSON document</summary>
      <div className="mt-2">{children}</div>
    </details>
  );
}

function StatementFacts({ statement: { predicateType, subjects, subjectCount } }: { statement: InTotoStatement }) {
  return (
    <Part title="In-toto statement">
      <dl className="flex flex-col gap-2 text-sm">
        <div>
          <dt className="text-muted">Predicate type</dt>
          <dd className="font-mono text-xs break-all">{toVisibleText(predicateType, MAX_TEXT_LENGTH)}</dd>
        </div>
        <div>
          <dt className="text-muted">About {countOf(subjectCount, 'subject')}</dt>
          {subjects.map(({ name, digest }, i) => (
            <dd className="font-mono text-xs break-all" key={i}>
              {toVisibleText(name, MAX_TEXT_LENGTH)} <span className="text-muted">{toVisibleText(digest, 200)}</span>
            </dd>
          ))}
        </div>
      </dl>
    </Part>
  );
}
