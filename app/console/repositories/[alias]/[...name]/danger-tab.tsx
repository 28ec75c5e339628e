import type { ReactNode } from 'react';
import { RenameForm } from '#components/console/rename-form.tsx';
import { OpenTransfer, TransferForm } from '#components/console/transfer-form.tsx';
import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { MIRRORS, TRANSFERS } from '#components/links.ts';
import { countOf } from '#components/ui/format-number.ts';
import { getApp } from '#lib/app.ts';
import { findTransferOf } from '#lib/repositories/moves/move-queries.ts';
import type { ConsoleRepository } from '../../../../_lib/repository/load-console-repository.ts';
import { deleteRepositoryAction } from '../../../actions.ts';
import { offerTransferAction, renameAction, withdrawTransferAction } from '../../move-actions.ts';

/** Changes that others notice at once. */
export async function DangerTab({ loaded: { path, repository, can } }: { loaded: ConsoleRepository }) {
  const app = getApp();
  const { alias, name } = path;
  const { restoreDays } = app.config;
  if (!can('ecr:DeleteRepository')) {
    return (
      <p className="text-muted">
        Only owners and maintainers can rename or delete the repository. Your role is {repository.membership?.role}.
      </p>
    );
  }
  if (repository.upstream) {
    return (
      <p>
        This repository is a mirror. Removing the mirror also deletes it.{' '}
        <a className="link" href={MIRRORS}>
          View mirrors
        </a>
      </p>
    );
  }
  const transfer = await findTransferOf(app, { repositoryId: repository.id });
  const canTransfer = can('vitrine:TransferRepository');
  return (
    <div className="divide-y divide-line rounded-lg border border-danger">
      <Section title="Rename repository">
        <p>
          Its page redirects from {name}, and pulls by that name work until you end the redirect under{' '}
          <a className="link" href={TRANSFERS}>
            Transfers
          </a>{' '}
          or use the name again. Pushes must use the new name.
        </p>
        <RenameForm action={renameAction.bind(null, { alias, name })} alias={alias} name={name} />
      </Section>
      <Section title="Transfer to another registry">
        <p>
          Its content and history move once an owner there accepts. The old address keeps working as after a rename.
          Members of this registry lose access.
        </p>
        {transfer ? (
          <OpenTransfer
            transfer={transfer}
            withdraw={canTransfer ? withdrawTransferAction.bind(null, transfer.id) : null}
          />
        ) : canTransfer ? (
          <TransferForm offer={offerTransferAction.bind(null, { alias, name })} />
        ) : (
          <p>Only owners can transfer it. Your role is {repository.membership?.role}.</p>
        )}
      </Section>
      <Section title="Delete repository">
        <p>
          Nobody can see or pull {name} after this, and its name becomes available.{' '}
          {restoreDays > 0 && `You can restore it with all its content for ${countOf(restoreDays, 'day')}.`}
        </p>
        <ConfirmedButtonForm
          about={`${alias}/${name}`}
          action={deleteRepositoryAction.bind(null, { alias, name })}
          button="Delete repository"
          summary="Delete"
        />
      </Section>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3 p-4">
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="flex max-w-2xl flex-col gap-3 text-sm text-muted">{children}</div>
    </section>
  );
}
