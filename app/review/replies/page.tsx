import { savedReplyLink } from '#components/links.ts';
import { SavedReplyForm } from '#components/review/saved-reply-form.tsx';
import { SubmitButton } from '#components/forms/submit-button.tsx';
import { listSavedReplies, type SavedReplyView } from '#lib/aliases/review/saved-replies.ts';
import { getApp } from '#lib/app.ts';
import { ReviewPage } from '../../_lib/frames/review-page.tsx';
import { reviewerMetadata, requireReviewer } from '../../_lib/session/staff.ts';
import { addReply, removeReply } from './actions.ts';

export const generateMetadata = () => reviewerMetadata('Saved replies');

export default async function SavedRepliesPage() {
  const caller = await requireReviewer();
  const replies = await listSavedReplies(getApp(), { caller });
  return (
    <ReviewPage at="replies" caller={caller}>
      <h1 className="mb-1 text-xl font-semibold">Saved replies</h1>
      <p className="mb-4 max-w-2xl text-muted">
        Messages that reviewers send often. All reviewers share them and can edit them before sending.
      </p>
      {replies.length === 0 ? (
        <p className="text-muted">No saved replies yet.</p>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {replies.map((reply) => (
            <Reply key={reply.id} reply={reply} />
          ))}
        </ul>
      )}
      <h2 className="mt-8 mb-3 text-lg font-semibold">New reply</h2>
      <SavedReplyForm action={addReply} button="Add reply" reply={{ title: '', body: '' }} />
    </ReviewPage>
  );
}

function Reply({ reply: { id, title, body } }: { reply: SavedReplyView }) {
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 px-3 py-2">
      <div className="min-w-0 flex-1 basis-72">
        <p className="font-semibold break-words">{title}</p>
        <p className="text-sm break-words whitespace-pre-wrap text-muted">{body}</p>
      </div>
      <div className="flex items-start gap-2">
        <a className="button button-small" href={savedReplyLink(id)}>
          Edit<span className="sr-only"> {title}</span>
        </a>
        <details>
          <summary className="button button-small">
            Remove …<span className="sr-only"> {title}</span>
          </summary>
          <form action={removeReply} className="mt-2">
            <input name="id" type="hidden" value={id} />
            <SubmitButton isSmall tone="danger">
              Remove reply
            </SubmitButton>
          </form>
        </details>
      </div>
    </li>
  );
}
