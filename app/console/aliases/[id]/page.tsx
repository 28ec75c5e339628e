import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { AliasRequestForm } from '#components/aliases/alias-request-form.tsx';
import { CheckList } from '#components/aliases/check-list.tsx';
import { MessageForm } from '#components/aliases/message-form.tsx';
import { ConfirmedButtonForm } from '#components/forms/button-form.tsx';
import { RequestThread } from '#components/aliases/request-thread.tsx';
import { StatusChip } from '#components/aliases/status-chip.tsx';
import { ALIASES, aliasRequestLink } from '#components/links.ts';
import { getRequest, type RequestDetail } from '#lib/aliases/queries.ts';
import { nextStatus } from '#lib/aliases/requests/transitions.ts';
import { getApp } from '#lib/app.ts';
import { isAppError } from '#lib/platform/errors.ts';
import { ConsolePage } from '../../../_lib/frames/console-page.tsx';
import { requireCaller } from '../../../_lib/session/session.ts';
import {
  answerAction,
  appealAction,
  checkAliasAction,
  editDraftAction,
  withdrawAction,
  writeMessageAction,
} from '../actions.ts';

type PageProps = { params: Promise<{ id: string }> };

/** Once per request, for the metadata and the page. */
const loadRequest = cache(async (id: string) => {
  const caller = await requireCaller(aliasRequestLink(id));
  const request = await getRequest(getApp(), { caller, id }).catch((error: unknown) => {
    if (isAppError(error) && error.code === 'not_found') notFound();
    throw error;
  });
  // Reviewers have their own page.
  return request.isOwnRegistry ? { caller, request } : notFound();
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  await loadRequest((await params).id);
  return { title: 'Alias request', robots: { index: false } };
}

export default async function AliasRequestPage({ params }: PageProps) {
  const { caller, request } = await loadRequest((await params).id);
  return (
    <ConsolePage at={ALIASES} caller={caller}>
      <div className="mb-6 flex flex-wrap items-center gap-3">
        <h1 className="font-mono text-xl font-semibold">{request.name}</h1>
        <StatusChip status={request.status} />
      </div>
      <div className="grid gap-8 lg:grid-cols-[3fr_2fr]">
        <section aria-label="Conversation" className="flex flex-col gap-6">
          {request.status === 'draft' && (
            <p className="text-muted">
              Only members of your registry see this draft. It doesn’t hold the name until you submit it.
            </p>
          )}
          <RequestThread entries={request.entries} />
          <NextStep request={request} />
        </section>
        <section aria-label="Request details" className="flex flex-col gap-6">
          <div>
            <h2 className="mb-2 font-semibold">Checks</h2>
            <CheckList checks={request.checks} />
          </div>
          {request.status !== 'draft' && <Stated request={request} />}
        </section>
      </div>
    </ConsolePage>
  );
}

/** The actions that the transition table allows the requester. */
function NextStep({ request }: { request: RequestDetail }) {
  const { id, status, isAppeal } = request;
  const can = (name: Parameters<typeof nextStatus>[1]) => nextStatus(status, name) !== null;
  return (
    <>
      {can('submit') && (
        <AliasRequestForm
          action={editDraftAction.bind(null, id)}
          check={checkAliasAction.bind(null, request.registryKey)}
          draft={request}
        />
      )}
      {can('answer') && (
        <MessageForm
          action={answerAction.bind(null, id)}
          button="Send answer"
          hint="Requests without an answer expire after 14 days"
          label="Your answer"
        />
      )}
      {can('appeal') && !isAppeal && (
        <MessageForm
          action={appealAction.bind(null, id)}
          button="Send appeal"
          hint="You can appeal once, within 30 days. Another reviewer decides"
          label="Reason for the appeal"
        />
      )}
      {['submitted', 'in_review', 'appealed'].includes(status) && (
        <MessageForm
          action={writeMessageAction.bind(null, id)}
          button="Send message"
          hint="Reviewers see it next to the request"
          label="Message"
        />
      )}
      {can('withdraw') && (
        <ConfirmedButtonForm
          action={withdrawAction.bind(null, id)}
          button="Withdraw request"
          summary="Withdraw request"
        />
      )}
    </>
  );
}

function Stated({ request }: { request: RequestDetail }) {
  return (
    <>
      <div>
        <h2 className="mb-1 font-semibold">Purpose</h2>
        <p className="break-words whitespace-pre-wrap">{request.purpose}</p>
      </div>
      {request.links.length > 0 && (
        <ul aria-label="Links" className="flex flex-col gap-1">
          {request.links.map((link) => (
            <li key={link}>
              <a className="link break-all" href={link} rel="nofollow noopener noreferrer">
                {link}
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
