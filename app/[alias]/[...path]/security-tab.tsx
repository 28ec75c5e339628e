import { EVIDENCE_GROUPS, EVIDENCE_TITLES, EvidenceList, ofGroup } from '#components/explorer/evidence-groups.tsx';
import { verifyCommands } from '#components/explorer/verify-commands.ts';
import { repositoryLink } from '#components/links.ts';
import { CodeLine } from '#components/ui/code-line.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { getManifestPage } from '#lib/gallery/manifest-queries.ts';
import type { ImageView, TagView } from '#lib/gallery/tag-queries.ts';
import { isDigest } from '#lib/oci/digest.ts';
import { findEvidence } from '#lib/distribution/pull/find-evidence.ts';
import { getApp } from '#lib/app.ts';
import type { LoadedRepository } from '../../_lib/repository/load-repository.ts';
import { getPullAddress } from '../../_lib/repository/pull-address.ts';
import { loadPlatforms } from './load-image.ts';

type TabProps = { loaded: LoadedRepository; image: TagView | ImageView | null };

/** Lists attached evidence and how to verify it. Nothing is verified here. */
export async function SecurityTab({ loaded, image }: TabProps) {
  const { repository } = loaded;
  const app = getApp();
  const view = image && (await getManifestPage(app, { repositoryId: repository.id, digest: image.digest }));
  if (!image || !view || !isDigest(view.digest)) return <EmptyState title="No image yet" />;
  const { digest, manifest } = view;
  const [evidence, platforms, { host, isPlainHttp }] = await Promise.all([
    findEvidence(app, { repositoryId: repository.id, digest, manifest }),
    loadPlatforms(loaded, view),
    getPullAddress(),
  ]);
  const at = { alias: repository.primaryAlias, name: repository.name };
  const target = { address: `${host}/${at.alias}/${at.name}`, digest, isPlainHttp };
  const tag = 'tag' in image ? image.tag : null;
  return (
    <section aria-labelledby="tab-title">
      <h2 id="tab-title">
        <span className="text-muted">Attached to </span>
        <a
          className="link font-mono break-all"
          href={repositoryLink({ ...at, item: tag === null ? { digest } : { tag } })}
        >
          {tag ?? digest}
        </a>
      </h2>
      <p className="mt-1 mb-4 max-w-3xl text-muted">
        Vitrine hasn’t verified these artifacts. It lists what was attached to the image
        {loaded.found.upstream && ' and pulled through this gallery'}. Verify them on your own machine.
      </p>
      <h3 className="sr-only">Attached artifacts</h3>
      <div className="grid grid-cols-1 gap-4">
        {EVIDENCE_GROUPS.map((group) => {
          const items = ofGroup(evidence, group);
          return (
            <EvidenceList
              group={group}
              items={items}
              key={group}
              repository={at}
              subjectNames={new Map(platforms.map((platform) => [platform.digest, platform.name]))}
            >
              {items.length > 0 && (
                <details className="border-t border-line px-3 py-2">
                  <summary className="w-fit py-1 font-medium text-accent">
                    How to verify<span className="sr-only">: {EVIDENCE_TITLES[group]}</span>
                  </summary>
                  <dl className="mt-2 grid grid-cols-1 gap-3">
                    {verifyCommands(group, target).map(({ what, code }) => (
                      <div key={code}>
                        <dt className="mb-1 text-sm text-muted">{what}</dt>
                        <dd>
                          <CodeLine code={code} label={`Copy: ${what}`} />
                        </dd>
                      </div>
                    ))}
                  </dl>
                </details>
              )}
            </EvidenceList>
          );
        })}
      </div>
    </section>
  );
}
