import { CommandList } from '#components/attached/command-list.tsx';
import { EVIDENCE_TITLES, EvidenceGroups, type EvidenceGroup } from '#components/attached/evidence-groups.tsx';
import { verifyCommands, type VerifyCommand } from '#components/attached/verify-commands.ts';
import { repositoryLink } from '#components/links.ts';
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
      <h2 className="mb-1" id="tab-title">
        <span className="text-muted">Attached to </span>
        <a
          className="link font-mono break-all"
          href={repositoryLink({ ...at, item: tag === null ? { digest } : { tag } })}
        >
          {tag ?? digest}
        </a>
      </h2>
      {evidence.length > 0 && (
        <p className="mb-4 max-w-3xl text-muted">
          Vitrine hasn’t verified what was attached to the image
          {loaded.found.upstream && ' and pulled through this gallery'}. Verify it on your own machine.
        </p>
      )}
      <h3 className="sr-only">Attached artifacts</h3>
      <EvidenceGroups
        evidence={evidence}
        footer={(group) => <Commands commands={verifyCommands(group, target)} group={group} />}
        repository={at}
        subjectNames={new Map(platforms.map((platform) => [platform.digest, platform.name]))}
      />
    </section>
  );
}

function Commands({ commands, group }: { commands: VerifyCommand[]; group: EvidenceGroup }) {
  return (
    <details className="border-t border-line px-3 py-2">
      <summary className="w-fit py-1 font-medium text-accent">
        Commands to fetch and verify<span className="sr-only">: {EVIDENCE_TITLES[group]}</span>
      </summary>
      <CommandList commands={commands} />
    </details>
  );
}
