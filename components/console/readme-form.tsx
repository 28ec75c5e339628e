import type { ReadmeView } from '#lib/gallery/readme/get-readme.ts';
import { ActionForm } from '../forms/action-form.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { RadioField } from '../forms/radio-field.tsx';
import { Notice } from '../ui/notice.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

type ReadmeFormProps = { action: FormAction; readme: ReadmeView | null };

const CHOICES = [
  { value: '', title: 'None', text: 'The page shows the text you write under Page content' },
  {
    value: 'source',
    title: 'From the source repository',
    text: 'README.md of the repository that the label org.opencontainers.image.source names, on GitHub, GitLab or Bitbucket',
  },
  {
    value: 'image',
    title: 'From the image',
    text: 'The Markdown file that the annotation io.artifacthub.package.readme-url names',
  },
];

/** Chooses where the README comes from, and shows the result of the last fetch. */
export function ReadmeForm({ action, readme }: ReadmeFormProps) {
  return (
    <div className="flex max-w-xl flex-col gap-4">
      <p className="text-sm text-muted">
        Fetched after each push and once a day, and shown instead of the text you write. Relative links and images lead
        to the source repository.
      </p>
      {readme?.problem && (
        <Notice tone="warning">
          <p className="wrap-anywhere">{readme.problem}</p>
        </Notice>
      )}
      {readme && (
        <p className="text-sm text-muted">
          {readme.fetchedAt ? (
            <>
              Last fetched <TimeAgo date={readme.fetchedAt} />
              {readme.url && (
                <>
                  {' '}
                  from <span className="font-mono wrap-anywhere">{readme.url}</span>
                </>
              )}
            </>
          ) : readme.problem === null ? (
            'Not fetched yet. Reload this page in a few seconds'
          ) : (
            'Never fetched'
          )}
        </p>
      )}
      <ActionForm
        action={action}
        button="Save README source"
        className="gap-3"
        noticePlace="bottom"
        successNotice="Saved."
      >
        <RadioField choices={CHOICES} defaultValue={readme?.source ?? ''} label="README" name="source" />
      </ActionForm>
    </div>
  );
}
