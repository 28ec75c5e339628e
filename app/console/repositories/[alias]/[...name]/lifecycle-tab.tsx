import type { ReactNode } from 'react';
import { ArchivedImageTable } from '#components/console/lifecycle/archived-image-table.tsx';
import { LifecycleComposer } from '#components/console/lifecycle/lifecycle-composer.tsx';
import { LifecycleEditor } from '#components/console/lifecycle/lifecycle-editor.tsx';
import { LifecycleRun } from '#components/console/lifecycle/lifecycle-run.tsx';
import { LifecycleRunTable } from '#components/console/lifecycle/lifecycle-run-table.tsx';
import { ActionForm } from '#components/forms/action-form.tsx';
import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { TextAreaField } from '#components/forms/text-area-field.tsx';
import { consoleRepositoryLink } from '#components/links.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { countOf } from '#components/ui/format-number.ts';
import { Notice } from '#components/ui/notice.tsx';
import { Pager } from '#components/ui/pager.tsx';
import { TimeAgo } from '#components/ui/time-ago.tsx';
import { getApp } from '#lib/app.ts';
import { showLifecycleRun } from '#lib/images/lifecycle/show-lifecycle-run.ts';
import { showLifecycleRuns } from '#lib/images/lifecycle/show-lifecycle-runs.ts';
import { listArchivedImages } from '#lib/images/storage-class/list-archived-images.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { showLifecyclePolicy } from '#lib/repositories/lifecycle/show-lifecycle-policy.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { findComposedPolicy } from '../../../../_lib/repository/find-composed-policy.ts';
import { pageParam, textParam, type RawSearchParams } from '../../../../_lib/search-params.ts';
import {
  previewLifecycleAction,
  removeLifecycleAction,
  restoreArchivedAction,
  saveLifecycleAction,
  setProtectedTagsAction,
} from '../../lifecycle-actions.ts';

const RUNS_PER_PAGE = 20;
const SHOWN_IMAGES = 100;

type LifecycleTabProps = { loaded: ConsoleRepository; query: RawSearchParams };

/** Which images expire or get archived, and what the last runs did. */
export async function LifecycleTab({ loaded, query }: LifecycleTabProps) {
  const { caller, path, repository, can } = loaded;
  const { alias, name } = path;
  const fullName = `${alias}/${name}`;
  if (!can('ecr:GetLifecyclePolicy')) return <p className="text-muted">Your role can’t see the lifecycle policy.</p>;
  const app = getApp();
  const { policy, evaluatedAt, protectedTags } = await showLifecyclePolicy(app, { caller, fullName });
  const composed = findComposedPolicy(query);
  const here = consoleRepositoryLink({ ...path, tab: 'lifecycle' });
  return (
    <div className="flex max-w-4xl flex-col gap-10">
      <Section title="Lifecycle policy">
        <p className="mb-3 text-sm text-muted">
          Deletes or archives old images every day. What it deletes can be restored for{' '}
          {countOf(app.config.restoreDays, 'day')}.{' '}
          {evaluatedAt ? (
            <>
              Last run <TimeAgo date={evaluatedAt} />.
            </>
          ) : (
            'A new policy runs after ten minutes.'
          )}
        </p>
        {can('ecr:PutLifecyclePolicy') ? (
          <div className="flex flex-col gap-4">
            {query['saved'] === '1' && <Notice tone="success">Policy saved. It runs within ten minutes.</Notice>}
            <LifecycleComposer isMirrored={repository.upstream !== null} path={here} />
            <LifecycleEditor
              key={composed ?? policy}
              preview={previewLifecycleAction.bind(null, { alias, name })}
              save={saveLifecycleAction.bind(null, { alias, name })}
              text={composed ?? policy ?? ''}
            />
            {policy !== null && (
              <ConfirmedButtonForm
                action={removeLifecycleAction.bind(null, { alias, name })}
                button="Remove policy"
                summary="Remove policy"
                warning="Images stay from now on. Reports of earlier runs stay too."
              />
            )}
          </div>
        ) : policy === null ? (
          <p className="text-muted">No policy. Images stay until somebody deletes them.</p>
        ) : (
          <pre className="overflow-auto rounded-md border border-line p-3 font-mono text-sm">{policy}</pre>
        )}
      </Section>
      {can('ecr:PutLifecyclePolicy') && (
        <Section title="Protected tags">
          <ActionForm
            action={setProtectedTagsAction.bind(null, { alias, name })}
            button="Save protected tags"
            className="max-w-xl gap-3"
            noticePlace="bottom"
            successNotice="Saved."
          >
            <TextAreaField
              defaultValue={protectedTags.join('\n')}
              hint="No policy takes images with such a tag. One pattern per line, as in release-*"
              label="Patterns"
              name="protectedTags"
              rows={3}
              spellCheck={false}
            />
          </ActionForm>
        </Section>
      )}
      <Archived loaded={loaded} />
      <Reports loaded={loaded} query={query} />
    </div>
  );
}

async function Archived({ loaded: { path, repository, can } }: Pick<LifecycleTabProps, 'loaded'>) {
  const { alias, name } = path;
  const { rows, total } = await listArchivedImages(getApp(), { repositoryId: repository.id, limit: SHOWN_IMAGES });
  if (total === 0) return null;
  return (
    <Section title="Archived images">
      <p className="mb-3 text-sm text-muted">
        {countOf(total, 'image')} can’t be pulled until restored.
        {total > rows.length && ` The latest ${rows.length} are shown.`}
      </p>
      <ArchivedImageTable
        images={rows}
        restore={
          can('ecr:UpdateImageStorageClass')
            ? (digest) => restoreArchivedAction.bind(null, { alias, name, digest })
            : null
        }
      />
    </Section>
  );
}

async function Reports({ loaded: { caller, path }, query }: LifecycleTabProps) {
  const app = getApp();
  const fullName = `${path.alias}/${path.name}`;
  const linkTo = (params: Record<string, string | number | null>) =>
    `${consoleRepositoryLink({ ...path, tab: 'lifecycle' }, params)}#reports`;
  const page = pageParam(query);
  const asked = { caller, fullName, offset: (page - 1) * RUNS_PER_PAGE, limit: RUNS_PER_PAGE };
  const { rows, total } = await showLifecycleRuns(app, asked);
  const id = textParam(query, 'run');
  const run = id === '' ? null : await findReport({ caller, fullName, id, after: Number(textParam(query, 'after')) });
  return (
    <Section id="reports" title="Reports">
      {total === 0 ? (
        <EmptyState title="No runs yet">
          <p>Each run of the policy leaves a report here, which is kept for 90 days.</p>
        </EmptyState>
      ) : (
        <>
          <LifecycleRunTable linkTo={(run) => linkTo({ run, page: page === 1 ? null : page })} runs={rows} />
          <Pager
            href={(to) => linkTo({ page: to === 1 ? null : to })}
            label="Pages of reports"
            page={page}
            pageSize={RUNS_PER_PAGE}
            total={total}
          />
        </>
      )}
      {id !== '' && !run && <p className="mt-4 text-muted">This report doesn’t exist any more.</p>}
      {run && (
        <div className="mt-6">
          <h3 className="mb-2 font-semibold">
            Run of <TimeAgo date={run.startedAt} />
          </h3>
          <LifecycleRun images={run.images} isPreview={false} run={run} />
          {run.next !== null && (
            <p className="mt-3">
              <a className="link" href={linkTo({ run: run.id, after: run.next })}>
                More images
              </a>
            </p>
          )}
        </div>
      )}
    </Section>
  );
}

type Asked = Pick<Parameters<typeof showLifecycleRun>[1], 'caller' | 'fullName'> & { id: string; after: number };

/** Null if it has expired. */
async function findReport({ after, ...asked }: Asked) {
  const position = Number.isInteger(after) && after > 0 && after < 2 ** 31 ? after : undefined;
  try {
    return await showLifecycleRun(getApp(), { ...asked, after: position, limit: SHOWN_IMAGES });
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return null;
    throw error;
  }
}

function Section({ title, id, children }: { title: string; id?: string; children: ReactNode }) {
  return (
    <section id={id}>
      <h2 className="mb-3 text-lg font-semibold">{title}</h2>
      {children}
    </section>
  );
}
