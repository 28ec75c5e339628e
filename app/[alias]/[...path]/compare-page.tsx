import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { ComparedImageCard } from '#components/comparison/compared-image-card.tsx';
import { ComparisonForm } from '#components/comparison/comparison-form.tsx';
import { summarize } from '#components/comparison/comparison-summary.ts';
import { DifferenceTable } from '#components/comparison/difference-table.tsx';
import { FileChangeList } from '#components/comparison/file-change-list.tsx';
import { MergedList } from '#components/comparison/merged-list.tsx';
import { DigestLink } from '#components/explorer/digest-link.tsx';
import { Section } from '#components/explorer/section.tsx';
import { compareLink, repositoryLink } from '#components/links.ts';
import { countOf, formatBytes } from '#components/ui/format-number.ts';
import { Notice } from '#components/ui/notice.tsx';
import { PillNav } from '#components/ui/pill-nav.tsx';
import { getApp } from '#lib/app.ts';
import { compareImageFiles } from '#lib/distribution/comparison/compare-image-files.ts';
import { compareImages, type Comparison, type ImageDifferences } from '#lib/distribution/comparison/compare-images.ts';
import type { Difference } from '#lib/distribution/comparison/compare-configs.ts';
import { listRecentTagNames } from '#lib/gallery/repository/suggest-tags.sql.ts';
import { getTag } from '#lib/gallery/tag-queries.ts';
import { parseDigest } from '#lib/oci/digest.ts';
import { splitFullName } from '#lib/oci/name.ts';
import { isTag } from '#lib/oci/reference.ts';
import { toVisibleLines } from '#lib/oci/visible-text.ts';
import { isAppError } from '#lib/platform/errors.ts';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';
import { textParam, type RawSearchParams } from '../../_lib/search-params.ts';
import { getViewer, getWorkKey } from '../../_lib/session/session.ts';

const MAX_REFERENCE_LENGTH = 500;
const MAX_OFFERED_TAGS = 100;
const MAX_STEP_LENGTH = 2_000;

type PageProps = { loaded: LoadedRepository; query: RawSearchParams };
type At = { alias: string; name: string };

/** Compares the images of `from` and `to`. The tags table sends both as `tag`. */
export async function ComparePage({ loaded, query }: PageProps) {
  const { repository } = loaded;
  const at = { alias: repository.primaryAlias, name: repository.name };
  const ticked = [query.tag ?? []].flat().filter(isTag);
  if (ticked.length === 2) redirect(compareLink(at, await orderByAge(repository.id, ticked)));
  const from = textParam(query, 'from', MAX_REFERENCE_LENGTH);
  const to = textParam(query, 'to', MAX_REFERENCE_LENGTH);
  const tags = await listRecentTagNames(getApp().db, { repositoryId: repository.id, limit: MAX_OFFERED_TAGS });
  return (
    <>
      <h2 className="mb-3 text-lg font-semibold">Compare images</h2>
      <ComparisonForm from={from} repository={at} tags={tags} to={to} />
      {from !== '' && to !== '' ? (
        <Compared from={from} loaded={loaded} query={query} to={to} />
      ) : (
        <p className="mt-3 text-muted">
          {ticked.length > 0
            ? 'Select exactly two tags to compare.'
            : 'Enter two tags or digests of this repository, or an image of another one as alias/name:tag.'}
        </p>
      )}
    </>
  );
}

/** The image that was built or pushed first comes first. */
async function orderByAge(repositoryId: bigint, tags: string[]): Promise<{ from: string; to: string }> {
  const [first = '', second = ''] = tags;
  const [a, b] = await Promise.all([
    getTag(getApp(), { repositoryId, tag: first }),
    getTag(getApp(), { repositoryId, tag: second }),
  ]);
  const ageOf = (view: typeof a) => (view?.imageCreatedAt ?? view?.pushedAt)?.getTime() ?? 0;
  return ageOf(a) <= ageOf(b) ? { from: first, to: second } : { from: second, to: first };
}

async function Compared({ loaded, query, from, to }: PageProps & { from: string; to: string }) {
  const { repository } = loaded;
  const at = { alias: repository.primaryAlias, name: repository.name };
  const found = await tryToCompare({ fullName: `${at.alias}/${at.name}`, from, to, query });
  if (typeof found === 'string') {
    return (
      <div className="mt-3">
        <Notice tone="warning">
          <p className="wrap-anywhere">{found}</p>
        </Notice>
      </div>
    );
  }
  const { differences, platform } = found;
  const [fromAt, toAt] = [atOf(found.from.fullName, at), atOf(found.to.fullName, at)];
  const isNamed = found.from.fullName !== found.to.fullName;
  const href = (more: { platform?: string; files?: '1' }) => compareLink(at, { from, to, ...more });
  return (
    <>
      <p className="mt-2 text-sm">
        <a className="link" href={compareLink(at, { from: to, to: from, platform: textParam(query, 'platform') })}>
          Swap
        </a>
      </p>
      <Platforms comparison={found} href={(name) => href({ platform: name })} />
      <div className="mt-3 grid gap-3 md:grid-cols-2">
        <ComparedImageCard
          image={found.from}
          isNamed={isNamed}
          platform={differences?.from ?? null}
          repository={fromAt}
          title="From"
        />
        <ComparedImageCard
          image={found.to}
          isNamed={isNamed}
          platform={differences?.to ?? null}
          repository={toAt}
          title="To"
        />
      </div>
      {differences ? (
        <Differences
          comparison={found}
          differences={differences}
          filesHref={`${href({ files: '1', platform: platform || undefined })}#files`}
          fromAt={fromAt}
          isReadingFiles={textParam(query, 'files') === '1'}
          toAt={toAt}
        />
      ) : (
        <p className="mt-4 text-muted">
          {platform === ''
            ? 'These images can’t be compared, because their manifests aren’t stored here.'
            : `Only one of these images has ${platform} here.`}
        </p>
      )}
    </>
  );
}

/** Returns what went wrong as a sentence. */
async function tryToCompare({
  query,
  ...input
}: { fullName: string; from: string; to: string } & Pick<PageProps, 'query'>): Promise<Comparison | string> {
  try {
    const platform = textParam(query, 'platform') || undefined;
    return await compareImages(getApp(), { caller: await getViewer(), ...input, ...(platform && { platform }) });
  } catch (error) {
    if (!isAppError(error) || error.code === 'internal') throw error;
    return error.message;
  }
}

function atOf(fullName: string, fallback: At): At {
  return splitFullName(fullName) ?? fallback;
}

function Platforms({ comparison, href }: { comparison: Comparison; href: (platform: string) => string }) {
  if (comparison.platforms.length < 2) return null;
  return (
    <PillNav
      className="mt-3"
      isCode
      label="Platform"
      links={comparison.platforms.map(({ name, isInBoth }) => ({
        href: href(name),
        isCurrent: name === comparison.platform,
        content: (
          <>
            {name}
            {!isInBoth && <span className="font-sans text-xs">&nbsp;(one side)</span>}
          </>
        ),
      }))}
      rel="nofollow"
    />
  );
}

type DifferencesProps = {
  comparison: Comparison;
  differences: ImageDifferences;
  fromAt: At;
  toAt: At;
  filesHref: string;
  isReadingFiles: boolean;
};

function Differences({ comparison, differences, fromAt, toAt, filesHref, isReadingFiles }: DifferencesProps) {
  const { from, to, layers, layerBytes, steps, settings, environment, labels, annotations } = differences;
  if (from.digest === to.digest) {
    return <p className="mt-4">Both are the same image. Their manifests have the same digest.</p>;
  }
  const problem = from.problem ?? to.problem;
  const unshared = layers.filter(({ side }) => side !== 'both');
  const hasOtherSteps = steps.some(({ side }) => side !== 'both');
  return (
    <>
      <p className="mt-4 font-medium tabular-nums">{summarize(differences)}</p>
      {problem && <p className="mt-2 text-muted">{problem} Settings and build steps may be missing below.</p>}
      {layers.length > 0 && (
        <Section id="layers" title="Layers">
          <MergedList
            describeRun={(run) => `${countOf(run.length, 'shared layer')}, ${formatBytes(sumBytes(run))}`}
            label="Layers"
            rows={layers}
          >
            {({ digest, sizeBytes }, side) => (
              <span className="flex items-center justify-between gap-3">
                <DigestLink
                  digest={digest}
                  href={repositoryLink({ ...(side === 'from' ? fromAt : toAt), item: { layer: digest } })}
                />
                <span className="whitespace-nowrap tabular-nums">{formatBytes(sizeBytes)}</span>
              </span>
            )}
          </MergedList>
          <p className="mt-2 text-sm text-muted tabular-nums">
            A client that has the first image downloads {formatBytes(layerBytes.to)} for the second one.
          </p>
        </Section>
      )}
      <DifferenceSection id="settings" rows={settings} title="Settings" />
      <DifferenceSection id="environment" rows={environment} title="Environment" />
      <DifferenceSection id="labels" rows={labels} title="Labels" />
      <DifferenceSection id="annotations" rows={annotations} title="Annotations" />
      {hasOtherSteps && (
        <Section id="steps" title="Build steps">
          <MergedList describeRun={(run) => countOf(run.length, 'equal step')} label="Build steps" rows={steps}>
            {({ instruction }) => (
              <code className="font-mono text-xs leading-5 wrap-anywhere whitespace-pre-wrap" dir="auto">
                {toVisibleLines(instruction, MAX_STEP_LENGTH)}
              </code>
            )}
          </MergedList>
        </Section>
      )}
      {unshared.length > 0 && (
        <Section id="files" title="Files">
          {isReadingFiles ? (
            <Files comparison={comparison} />
          ) : (
            <a className="button" href={filesHref} rel="nofollow">
              Compare files of {countOf(unshared.length, 'layer')}
            </a>
          )}
        </Section>
      )}
    </>
  );
}

async function Files({ comparison: { from, to, platform } }: { comparison: Comparison }): Promise<ReactNode> {
  const input = { fullName: from.fullName, from: from.reference, to: namedReference(to), platform };
  const [caller, viewer] = await Promise.all([getViewer(), getWorkKey()]);
  return <FileChangeList files={await compareImageFiles(getApp(), { ...input, caller, viewer })} />;
}

function namedReference({ fullName, reference }: Comparison['to']): string {
  return `${fullName}${parseDigest(reference) ? '@' : ':'}${reference}`;
}

function DifferenceSection({ id, title, rows }: { id: string; title: string; rows: Difference[] }) {
  if (rows.length === 0) return null;
  return (
    <Section id={id} title={title}>
      <DifferenceTable label={title} rows={rows} />
    </Section>
  );
}

function sumBytes(layers: { sizeBytes: number }[]): number {
  return layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
