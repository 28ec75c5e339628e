import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { SAVED_REPLIES } from '#components/links.ts';
import { SavedReplyForm } from '#components/review/saved-reply-form.tsx';
import { listSavedReplies } from '#lib/aliases/review/saved-replies.ts';
import { getApp } from '#lib/app.ts';
import { ReviewPage } from '../../../_lib/frames/review-page.tsx';
import { requireReviewer } from '../../../_lib/session/staff.ts';
import { changeReply } from '../actions.ts';

type PageProps = { params: Promise<{ id: string }> };

/** Once per request, for the metadata and the page. */
const loadReply = cache(async (id: string) => {
  const caller = await requireReviewer();
  const reply = (await listSavedReplies(getApp(), { caller })).find((known) => known.id === id);
  return { caller, reply: reply ?? notFound() };
});

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  await loadReply((await params).id);
  return { title: 'Edit saved reply', robots: { index: false } };
}

export default async function SavedReplyPage({ params }: PageProps) {
  const { id } = await params;
  const { caller, reply } = await loadReply(id);
  return (
    <ReviewPage at="replies" caller={caller}>
      <h1 className="mb-4 text-xl font-semibold">Edit “{reply.title}”</h1>
      <SavedReplyForm action={changeReply.bind(null, id)} button="Save reply" reply={reply} />
      <p className="mt-4">
        <a className="link" href={SAVED_REPLIES}>
          Cancel
        </a>
      </p>
    </ReviewPage>
  );
}
