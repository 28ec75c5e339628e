import { AttachedDocumentView } from '#components/attached/attached-document.tsx';
import { CommandList } from '#components/attached/command-list.tsx';
import { PACKAGES_PER_PAGE } from '#components/attached/package-list.tsx';
import { verifyCommands } from '#components/attached/verify-commands.ts';
import { attachedFileLink, repositoryLink, type RepositoryItem } from '#components/links.ts';
import { DigestLink } from '#components/explorer/digest-link.tsx';
import { Section } from '#components/explorer/section.tsx';
import { formatBytes } from '#components/ui/format-number.ts';
import { PillNav } from '#components/ui/pill-nav.tsx';
import type { AttachedDocument } from '#lib/distribution/attached/attached-document.ts';
import { pageOfPackages } from '#lib/distribution/attached/package-table.ts';
import { MAX_DOCUMENT_BYTES, readAttached } from '#lib/distribution/attached/read-attached.ts';
import { mayBeArchive } from '#lib/distribution/layers/may-be-archive.ts';
import { findPresentManifests } from '#lib/gallery/manifest-queries.ts';
import { getApp } from '#lib/app.ts';
import { isDigest } from '#lib/oci/digest.ts';
import type { Descriptor } from '#lib/oci/descriptor.ts';
import { evidenceKind, evidenceName, findPredicate, predicateKind, type EvidenceKind } from '#lib/oci/evidence-kind.ts';
import type { Manifest } from '#lib/oci/manifest.ts';
import { toVisibleText } from '#lib/oci/visible-text.ts';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';
import { pageParam, textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { getWorkKey } from '../../_lib/session/session.ts';

const MAX_DOCUMENTS = 50;
const MAX_NAME_LENGTH = 100;

/** The layers of an attachment or artifact that aren't archives. */
export function documentsOf(manifest: Manifest | null): ListedDocument[] {
  return (manifest?.layers ?? [])
    .map((layer, i) => ({ layer, number: i + 1 }))
    .filter(({ layer }) => !mayBeArchive(layer.mediaType))
    .slice(0, MAX_DOCUMENTS);
}

/** `number`: its position among the layers. */
type ListedDocument = { layer: Descriptor; number: number };

type DocumentsPartProps = {
  loaded: LoadedRepository;
  query: RawSearchParams;
  /** The page that this is part of. */
  item: RepositoryItem;
  /** Digest of the manifest that lists the documents. */
  manifest: string;
  artifactType: string | null;
  /** At least one. */
  documents: ListedDocument[];
  /** Digest of the image that they are attached to. */
  subject: string | null;
};

/** Shows one of the documents, chosen by `?document=`. */
export async function DocumentsPart(props: DocumentsPartProps) {
  const { loaded, query, item, manifest, artifactType, documents, subject } = props;
  const { repository, found } = loaded;
  const asked = Number(textParam(query, 'document'));
  const shown = documents.find(({ number }) => number === asked) ?? documents[0];
  if (!shown) return null;
  const { layer, number } = shown;
  const at = { alias: repository.primaryAlias, name: repository.name };
  const input = { repository: found, manifest, layer, viewer: await getWorkKey() };
  const { document, problem } = await readAttached(getApp(), input);
  const kind = document ? kindOf(document, layer, artifactType) : evidenceKind(layer.mediaType, layer.annotations);
  const chosen = shown === documents[0] ? null : number;
  const href = ({ q, page }: { q?: string; page?: number }) =>
    repositoryLink({ ...at, item }, { document: chosen, q, packages: page });
  const q = textParam(query, 'q', 100);
  // A tag's page has another pager.
  const page = pageParam({ page: query['packages'] });
  const about = subject ?? (await findSubject(loaded, document));
  return (
    <Section id="document" title={TITLES[kind]}>
      {documents.length > 1 && (
        <DocumentNav
          documents={documents}
          href={(to) => repositoryLink({ ...at, item }, { document: to })}
          number={number}
        />
      )}
      <p className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
        <span>Vitrine hasn’t verified this document.</span>
        {subject === null && about !== null && (
          <span>
            About <DigestLink digest={about} href={repositoryLink({ ...at, item: { digest: about } })} />
          </span>
        )}
        <span className="font-mono text-xs break-all">{toVisibleText(layer.mediaType, 200)}</span>
        <span className="tabular-nums">{formatBytes(layer.size)}</span>
        {layer.size <= MAX_DOCUMENT_BYTES && (
          <a className="link" download href={attachedFileLink(at, layer.digest)}>
            Download document
          </a>
        )}
      </p>
      {document ? (
        <AttachedDocumentView
          document={document}
          hidden={chosen === null ? {} : { document: String(chosen) }}
          href={href}
          packages={document.content.kind === 'sbom' ? pageOf(document.content.sbom.packages, q, page) : null}
          page={page}
          query={q}
        />
      ) : (
        <p className="text-muted">{problem}</p>
      )}
      {about !== null && <Commands at={at} document={document} kind={kind} subject={about} />}
    </Section>
  );
}

/** The manifest of this repository that the statement around the document is about. */
async function findSubject(
  { repository }: LoadedRepository,
  document: AttachedDocument | undefined,
): Promise<string | null> {
  const digests = (document?.statement?.subjects ?? []).map(({ digest }) => digest).filter(isDigest);
  if (digests.length === 0) return null;
  const here = await findPresentManifests(getApp(), { repositoryId: repository.id, digests });
  return digests.find((digest) => here.has(digest)) ?? null;
}

const TITLES: Record<EvidenceKind, string> = {
  sbom: 'Bill of materials (SBOM)',
  provenance: 'Provenance',
  signature: 'Signature',
  attestation: 'Attestation',
  other: 'Document',
};

function pageOf(table: Parameters<typeof pageOfPackages>[0], query: string, page: number) {
  return pageOfPackages(table, { query, offset: (page - 1) * PACKAGES_PER_PAGE, limit: PACKAGES_PER_PAGE });
}

/** The content decides. Media types are a hint for what this version can't read. */
function kindOf(
  { content, statement }: AttachedDocument,
  layer: Descriptor,
  artifactType: string | null,
): EvidenceKind {
  if (content.kind === 'sbom' || content.kind === 'provenance' || content.kind === 'signature') return content.kind;
  if (statement) return predicateKind(statement.predicateType);
  const own = evidenceKind(layer.mediaType, layer.annotations);
  return own === 'other' && artifactType !== null ? evidenceKind(artifactType) : own;
}

type DocumentNavProps = { documents: ListedDocument[]; number: number; href: (number: number) => string };

function DocumentNav({ documents, number: current, href }: DocumentNavProps) {
  return (
    <PillNav
      className="mb-3"
      label="Documents"
      links={documents.map(({ layer, number }) => ({
        href: href(number),
        isCurrent: number === current,
        content: nameOf(layer),
      }))}
    />
  );
}

function nameOf({ mediaType, annotations }: Descriptor): string {
  const type = findPredicate(annotations) ?? mediaType;
  const title = annotations?.['org.opencontainers.image.title'];
  return toVisibleText(title ?? evidenceName(type) ?? type, MAX_NAME_LENGTH);
}

type CommandsProps = {
  at: { alias: string; name: string };
  document: AttachedDocument | undefined;
  kind: EvidenceKind;
  subject: string;
};

async function Commands({ at, document, kind, subject }: CommandsProps) {
  const { host, isPlainHttp } = await getPullAddress();
  const commands = verifyCommands(kind, {
    address: `${host}/${at.alias}/${at.name}`,
    digest: subject,
    isPlainHttp,
    predicateType: document?.statement?.predicateType,
  });
  return (
    <details className="mt-5">
      <summary className="w-fit py-1 font-medium text-accent">Commands to fetch and verify it</summary>
      <CommandList commands={commands} />
    </details>
  );
}
