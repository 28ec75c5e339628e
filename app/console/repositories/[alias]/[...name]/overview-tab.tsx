import { PublishChecklist } from '#components/console/publish-checklist.tsx';
import { RepositoryFacts } from '#components/console/repository-facts.tsx';
import { consoleRepositoryLink, MIRRORS, repositoryLink } from '#components/links.ts';
import { pullCommand } from '#components/pulls/pull-commands.ts';
import { PushGuide } from '#components/tags/push-guide.tsx';
import { TagMoves } from '#components/tags/tag-moves.tsx';
import { CodeLine } from '#components/ui/code-line.tsx';
import { getApp } from '#lib/app.ts';
import { listTagMoves } from '#lib/gallery/insight-queries.ts';
import { getFeaturedTag } from '#lib/gallery/tag-queries.ts';
import { getPublishProgress, getRepositoryFacts } from '#lib/repositories/queries.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { getPullAddress } from '../../../../_lib/repository/pull-address.ts';

const SHOWN_MOVES = 8;

/** What the repository holds, how to pull it, and what changed. The push guide steps aside once an image is there. */
export async function OverviewTab({ loaded: { caller, path, repository } }: { loaded: ConsoleRepository }) {
  const app = getApp();
  const { alias, name } = path;
  const repositoryId = repository.id;
  const [facts, progress, shown, moves, { host, isPlainHttp }] = await Promise.all([
    getRepositoryFacts(app, { repositoryId }),
    getPublishProgress(app, { userId: caller.principal.userId, repositoryId }),
    getFeaturedTag(app, { repositoryId }),
    listTagMoves(app, { repositoryId, limit: SHOWN_MOVES }),
    getPullAddress(),
  ]);
  const guide = <PushGuide alias={alias} host={host} name={name} />;
  const isOpen = repository.quarantineReason === null;
  const target = isOpen && shown && { address: `${host}/${alias}/${name}`, reference: { tag: shown.tag }, isPlainHttp };
  return (
    <div className="flex flex-col gap-8">
      <RepositoryFacts facts={facts} tagsHref={consoleRepositoryLink({ alias, name, tab: 'images' })} />
      {repository.upstream ? (
        <p>
          This is a mirror, so you can’t push to it.{' '}
          <a className="link" href={MIRRORS}>
            View mirror status
          </a>
        </p>
      ) : (
        !progress.hasImage &&
        isOpen && (
          <section>
            <h2 className="mb-3 text-lg font-semibold">Push the first image</h2>
            <PublishChecklist
              alias={alias}
              isPrivate={repository.visibility === 'private'}
              name={name}
              progress={progress}
            />
            {guide}
          </section>
        )
      )}
      {target && (
        <section className="max-w-2xl">
          <h2 className="mb-3 text-lg font-semibold">Pull</h2>
          <CodeLine code={pullCommand('docker', target)} label="Copy pull command" />
          <p className="mt-2 text-sm">
            <a className="link" href={repositoryLink({ alias, name })}>
              {repository.visibility === 'private' ? 'See its page' : 'See it in the gallery'}
            </a>
          </p>
        </section>
      )}
      {moves.length > 0 && (
        <section className="max-w-2xl">
          <h2 className="mb-1 text-lg font-semibold">Latest tag changes</h2>
          <TagMoves moves={moves} />
        </section>
      )}
      {progress.hasImage && !repository.upstream && isOpen && (
        <details>
          <summary className="w-fit py-1 font-medium text-accent">How to push an image</summary>
          <div className="pt-3">{guide}</div>
        </details>
      )}
    </div>
  );
}
