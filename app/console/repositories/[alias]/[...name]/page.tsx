import { isAllowed } from '#lib/access/authorize.ts';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PushGuide } from '#components/tags/push-guide.tsx';
import { CatalogDataForm } from '#components/console/catalog-data-form.tsx';
import { FeaturedTagForm } from '#components/console/featured-tag-form.tsx';
import { LogoForm } from '#components/console/logo-form.tsx';
import { PublishChecklist } from '#components/console/publish-checklist.tsx';
import { UntaggedDaysForm } from '#components/console/untagged-days-form.tsx';
import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { ALIASES, CONSOLE, consoleRepositoryLink, MIRRORS, repositoryLink } from '#components/links.ts';
import { Chip } from '#components/ui/chip.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getApp } from '#lib/app.ts';
import { findVisibleRepository } from '#lib/repositories/find-visible-repository.ts';
import { getCatalogData, getPublishProgress } from '#lib/repositories/queries.ts';
import { ConsolePage } from '../../../../_lib/frames/console-page.tsx';
import { getPullAddress } from '../../../../_lib/repository/pull-address.ts';
import { getWorkKey, requireCaller } from '../../../../_lib/session/session.ts';
import {
  deleteRepositoryAction,
  featureTagAction,
  previewMarkdown,
  setRepositoryLogoAction,
  setUntaggedDaysAction,
  updateCatalogDataAction,
} from '../../../actions.ts';

type ConsoleRepositoryPageProps = { params: Promise<{ alias: string; name: string[] }> };

export async function generateMetadata({ params }: ConsoleRepositoryPageProps): Promise<Metadata> {
  const { alias, name } = await params;
  return { title: `Edit ${alias}/${name.join('/')}`, robots: { index: false } };
}

export default async function ConsoleRepositoryPage({ params }: ConsoleRepositoryPageProps) {
  const { alias, name: parts } = await params;
  const name = parts.join('/');
  const caller = await requireCaller(consoleRepositoryLink({ alias, name }));
  const app = getApp();
  const workKey = await getWorkKey();
  const repository = await findVisibleRepository(app, { caller, fullName: `${alias}/${name}` });
  const { membership = null } = repository ?? {};
  // Non-members must not learn that the repository exists.
  if (!repository || !isAllowed({ ...caller, action: 'vitrine:ViewRegistry', membership })) notFound();
  const [catalogData, progress, { host }] = await Promise.all([
    getCatalogData(app, { repositoryId: repository.id }),
    getPublishProgress(app, { userId: caller.principal.userId, repositoryId: repository.id }),
    getPullAddress(),
  ]);
  const canManage = isAllowed({ ...caller, action: 'ecr-public:PutRepositoryCatalogData', membership });
  const { restoreDays } = app.config;
  const isShown = catalogData.isLogoShown;
  return (
    <ConsolePage at={CONSOLE} caller={caller}>
      <div className="mb-6 flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h1 className="font-mono text-xl break-words">
            <span className="text-muted">{alias}/</span>
            <span className="font-semibold">{name}</span>
          </h1>
          <p className="mt-1 flex flex-wrap items-center gap-2 text-sm text-muted">
            {repository.visibility === 'private' ? (
              <Chip icon="lock" tone="warning">
                Private
              </Chip>
            ) : (
              <Chip>Public</Chip>
            )}
            <span>
              Created <TimeAgo date={repository.createdAt} />
            </span>
          </p>
        </div>
        <a className="button" href={repositoryLink({ alias, name })}>
          View page
        </a>
      </div>
      <section className="mb-10">
        {repository.upstream ? (
          <p>
            This is a mirror, so you can’t push to it.{' '}
            <a className="link" href={MIRRORS}>
              View mirror status
            </a>
          </p>
        ) : (
          <>
            <h2 className="mb-3 text-lg font-semibold">Push an image</h2>
            <PublishChecklist
              alias={alias}
              isPrivate={repository.visibility === 'private'}
              name={name}
              progress={progress}
            />
            <PushGuide alias={alias} host={host} name={name} />
          </>
        )}
      </section>
      <section>
        <h2 className="mb-3 text-lg font-semibold">Page content</h2>
        {canManage ? (
          <CatalogDataForm
            action={updateCatalogDataAction.bind(null, { alias, name })}
            catalogData={catalogData}
            preview={previewMarkdown.bind(null, catalogData.sourceUrl)}
            rendered={{
              aboutText: await app.markdown.render(catalogData.aboutText, workKey, catalogData),
              usageText: await app.markdown.render(catalogData.usageText, workKey, catalogData),
            }}
          />
        ) : (
          <p className="text-muted">Only owners and maintainers can edit it. Your role is {membership?.role}.</p>
        )}
      </section>
      {canManage && (
        <section className="mt-10">
          <h2 className="mb-3 text-lg font-semibold">Featured tag</h2>
          <FeaturedTagForm
            action={featureTagAction.bind(null, { alias, name })}
            featuredTag={catalogData.featuredTag}
          />
        </section>
      )}
      {canManage && (
        <section className="mt-10">
          <h2 className="mb-1 text-lg font-semibold">Logo</h2>
          <p className="mb-4 max-w-2xl text-sm text-muted">
            {isShown
              ? 'Shown in lists and on the repository’s page. Without one, the registry’s logo is used.'
              : 'Saved, but not shown yet. The gallery shows logos of verified publishers only.'}{' '}
            {!isShown && (
              <a className="link" href={ALIASES}>
                Verify a domain to become a verified publisher
              </a>
            )}
          </p>
          <LogoForm
            action={setRepositoryLogoAction.bind(null, { alias, name })}
            logoId={repository.quarantineReason === null ? catalogData.logoId : null}
            tileName={parts.at(-1) ?? name}
          />
        </section>
      )}
      {canManage && !repository.upstream && (
        <>
          <section className="mt-10">
            <h2 className="mb-3 text-lg font-semibold">Untagged manifests</h2>
            <UntaggedDaysForm
              action={setUntaggedDaysAction.bind(null, { alias, name })}
              untaggedDays={catalogData.untaggedDays}
            />
          </section>
          <section className="mt-10">
            <h2 className="mb-1 text-lg font-semibold">Delete repository</h2>
            <p className="mb-4 max-w-2xl text-sm text-muted">
              Nobody can see or pull {name} after this, and its name becomes available.{' '}
              {restoreDays > 0 && `You can restore it with all its content for ${countOf(restoreDays, 'day')}.`}
            </p>
            <ConfirmedButtonForm
              about={`${alias}/${name}`}
              action={deleteRepositoryAction.bind(null, { alias, name })}
              button="Delete repository"
              summary="Delete"
            />
          </section>
        </>
      )}
    </ConsolePage>
  );
}
