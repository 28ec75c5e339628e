import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { SAVED_REPLIES } from '#components/links.ts';
import { SavedReplyForm } from '#components/review/saved-reply-form.tsx';
import { listSavedReplies } from '#lib/aliases/review/saved-replies.ts';
import { getApp } from '#lib/app.ts';
import { ReviewPage } from '../../../_lib/frames/review-page.tsx';
import { requireReviewer } from '../../../_lib/session/staff.ts';
import { changeReply } from '../actions.ts';

export const metadata: Metadata = { title: 'Edit saved reply', robots: { index: false } };

export default async function SavedReplyPage({ params }: { params: Promise<{ id: string }> }) {
  const caller = await requireReviewer();
  const { id } = await params;
  const reply = (await listSavedReplies(getApp(), { caller })).find((known) => known.id === id);
  if (!reply) notFound();
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
