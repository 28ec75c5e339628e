import { DigestLink } from '#components/explorer/digest-link.tsx';
import { EvidenceGroups } from '#components/attached/evidence-groups.tsx';
import { WorkflowFacts } from '#components/attached/workflow-facts.tsx';
import type { Named } from '#components/explorer/json-lines.ts';
import { JsonView } from '#components/explorer/json-view.tsx';
import { PlatformTable, type PlatformRow } from '#components/explorer/platform-table.tsx';
import { Section } from '#components/explorer/section.tsx';
import { TextTable } from '#components/explorer/text-table.tsx';
import { repositoryLink, type RepositoryItem } from '#components/links.ts';
import { Fact } from '#components/ui/fact.tsx';
import { formatBytes, formatCount } from '#components/ui/format-number.ts';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { findPresentManifests, type ManifestView } from '#lib/gallery/manifest-queries.ts';
import { findPublishingWorkflow } from '#lib/gallery/repository/find-publishing-workflow.ts';
import { isDigest } from '#lib/oci/digest.ts';
import { subjectOfCosignTag } from '#lib/oci/evidence-kind.ts';
import { findEvidence } from '#lib/distribution/pull/find-evidence.ts';
import { getApp } from '#lib/app.ts';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';
import { getViewer } from '../../_lib/session/session.ts';
import type { RawSearchParams } from '../../_lib/search-params.ts';
import { documentsOf, DocumentsPart } from './documents-part.tsx';
import { ConfigPart, LayersPart } from './image-parts.tsx';
import { loadConfig, loadHistory, loadPlatforms } from './load-image.ts';

type ManifestProps = {
  loaded: LoadedRepository;
  view: ManifestView;
  /** The page that this is part of. */
  item: RepositoryItem;
  query: RawSearchParams;
};

/** All sections about one manifest. */
export async function ManifestParts({ loaded, view, item, query }: ManifestProps) {
  const { digest, manifest } = view;
  const repositoryId = loaded.repository.id;
  const [config, platforms, evidence, hasSubject, workflow] = await Promise.all([
    loadConfig(loaded, view),
    loadPlatforms(loaded, view),
    isDigest(digest) ? findEvidence(getApp(), { repositoryId, digest, manifest }) : [],
    hasManifest(repositoryId, view.subjectDigest),
    loadWorkflow(loaded, digest),
  ]);
  const at = { alias: loaded.repository.primaryAlias, name: loaded.repository.name };
  const documents = view.kind === 'artifact' ? documentsOf(manifest) : [];
  const annotations = Object.entries(manifest?.annotations ?? {});
  const subjectNames = new Map(platforms.map((platform) => [platform.digest, platform.name]));
  return (
    <>
      <Facts at={at} hasSubject={hasSubject} isMirrored={loaded.found.upstream !== null} view={view} />
      {workflow && (
        <Section id="workflow" title="Published by workflow">
          <WorkflowFacts workflow={workflow} />
        </Section>
      )}
      {documents.length > 0 && (
        <DocumentsPart
          artifactType={view.artifactType}
          documents={documents}
          item={item}
          loaded={loaded}
          manifest={digest}
          query={query}
          subject={subjectOf(view)}
        />
      )}
      {platforms.length > 0 && (
        <Section id="platforms" title="Platforms">
          <PlatformTable rows={platforms} />
        </Section>
      )}
      {!view.isIndex && (documents.length === 0 || documents.length < (manifest?.layers.length ?? 0)) && (
        <Section id="layers" title="Layers">
          <LayersPart config={config} history={await loadHistory(loaded, view, config)} />
        </Section>
      )}
      {config && <ConfigPart config={config} />}
      {annotations.length > 0 && (
        <Section id="annotations" title="Annotations">
          <TextTable head={['Annotation', 'Value']} label="Table of annotations" rows={annotations} />
        </Section>
      )}
      <Section id="referrers" title="Attached artifacts">
        {evidence.length > 0 && (
          <p className="mb-2 text-muted">
            Vitrine hasn’t verified what is attached to this manifest
            {loaded.found.upstream && ', among what was pulled through this gallery'}.
          </p>
        )}
        <EvidenceGroups evidence={evidence} repository={at} subjectNames={subjectNames} />
      </Section>
      <Section id="manifest" title="Manifest">
        <JsonView
          label="Manifest document"
          named={nameDigests(view, at, { platforms, hasSubject, hasConfig: config !== null })}
          text={view.text}
        />
      </Section>
    </>
  );
}

/** The digest that it is attached to, by the manifest or by the name that cosign gives its tags. */
function subjectOf({ subjectDigest, tags }: ManifestView): string | null {
  return subjectDigest ?? tags.map(subjectOfCosignTag).find((digest) => digest !== null) ?? null;
}

async function loadWorkflow({ repository, found: { membership } }: LoadedRepository, digest: string) {
  const asked = { repositoryId: repository.id, digest, caller: await getViewer(), membership };
  return findPublishingWorkflow(getApp(), asked);
}

async function hasManifest(repositoryId: bigint, digest: string | null): Promise<boolean> {
  if (digest === null) return false;
  return (await findPresentManifests(getApp(), { repositoryId, digests: [digest] })).has(digest);
}

type At = { alias: string; name: string };

/** Maps each digest in the document to its description and page. */
function nameDigests(
  { manifest, subjectDigest }: ManifestView,
  at: At,
  { platforms, hasSubject, hasConfig }: { platforms: PlatformRow[]; hasSubject: boolean; hasConfig: boolean },
): Map<string, Named> {
  const named = new Map<string, Named>();
  for (const [i, { digest }] of (manifest?.layers ?? []).entries())
    named.set(digest, { what: `layer ${i + 1}`, href: repositoryLink({ ...at, item: { layer: digest } }) });
  for (const { digest, name, href } of platforms)
    named.set(digest, { what: href === null ? `${name}, not stored here` : name, href });
  if (manifest?.config) named.set(manifest.config.digest, { what: 'config', href: hasConfig ? '#config' : null });
  if (subjectDigest !== null) {
    const href = hasSubject ? repositoryLink({ ...at, item: { digest: subjectDigest } }) : null;
    named.set(subjectDigest, { what: 'the subject', href });
  }
  return named;
}

type FactsProps = { view: ManifestView; at: At; hasSubject: boolean; isMirrored: boolean };

function Facts({ view, at, hasSubject, isMirrored }: FactsProps) {
  const digestHref = (digest: string) => repositoryLink({ ...at, item: { digest } });
  const platform = [view.os, view.architecture, view.variant].filter(Boolean).join('/');
  return (
    <dl className="mt-4 grid gap-x-8 gap-y-3 text-sm sm:grid-cols-2 lg:grid-cols-4">
      <Fact term="Media type">
        <span className="font-mono text-xs break-all">{view.mediaType}</span>
      </Fact>
      {view.artifactType !== null && (
        <Fact term="Artifact type">
          <span className="font-mono text-xs break-all">{view.artifactType}</span>
        </Fact>
      )}
      {platform && (
        <Fact term="Platform">
          <span className="font-mono break-all">{platform}</span>
        </Fact>
      )}
      <Fact term="Compressed">
        {formatBytes(view.contentBytes)}
        {view.isIndex && ' in total'}
      </Fact>
      {view.imageCreatedAt && (
        <Fact term="Image created">
          <TimeAgo date={view.imageCreatedAt} />
        </Fact>
      )}
      <Fact term={isMirrored ? 'First fetched' : 'First pushed'}>
        <TimeAgo date={view.pushedAt} />
      </Fact>
      {view.tagCount > 0 && (
        <Fact term="Tags">
          <span className="flex flex-wrap gap-x-2">
            {view.tags.map((tag) => (
              <a className="link font-mono break-all" href={repositoryLink({ ...at, item: { tag } })} key={tag}>
                {tag}
              </a>
            ))}
            {view.tagCount > view.tags.length && (
              <span className="text-muted">and {formatCount(view.tagCount - view.tags.length)} more</span>
            )}
          </span>
        </Fact>
      )}
      {view.parents.length > 0 && (
        <Fact term="Listed in">
          <span className="flex flex-wrap gap-2">
            {view.parents.map((digest) => (
              <DigestLink digest={digest} href={digestHref(digest)} key={digest} />
            ))}
          </span>
        </Fact>
      )}
      {view.subjectDigest !== null && (
        <Fact term="Subject">
          <DigestLink digest={view.subjectDigest} href={hasSubject ? digestHref(view.subjectDigest) : null} />
        </Fact>
      )}
    </dl>
  );
}
