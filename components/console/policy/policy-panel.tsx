import type { PolicyRevisionView } from '#lib/repositories/policies/read-repository-policy.ts';
import { ButtonForm } from '../../forms/button-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { PolicyEditor, type PolicyAnswer } from './policy-editor.tsx';
import { PolicyHistory } from './policy-history.tsx';
import type { SnippetTarget } from './policy-snippets.ts';

type PolicyPanelProps = {
  target: SnippetTarget;
  policy: string | null;
  revision: number;
  revisions: readonly PolicyRevisionView[];
  samples: readonly { key: string; title: string }[];
  /** The sample or the earlier policy that the editor starts with. Null: the present policy. */
  start: { key: string; text: string } | null;
  /** Whether it was just saved. */
  isSaved: boolean;
  /** Where the editor starts with a sample, or an earlier policy by its number. */
  linkTo: (start: string) => string;
  /** Null: the viewer can't change the policy. */
  actions: { edit: FormAction<PolicyAnswer>; remove: FormAction } | null;
};

/** Edits or shows the policy of a repository or a registry, with its history. */
export function PolicyPanel({ policy, revision, revisions, samples, start, ...props }: PolicyPanelProps) {
  const { target, isSaved, linkTo, actions } = props;
  return (
    <>
      {actions ? (
        <>
          <p className="mb-3 flex flex-wrap gap-x-4 gap-y-1 text-sm">
            <span>Start with</span>
            {samples.map(({ key, title }) => (
              <a className="link" href={linkTo(key)} key={key}>
                {title}
              </a>
            ))}
          </p>
          <PolicyEditor
            action={actions.edit}
            isSaved={isSaved}
            key={`${revision} ${start?.key ?? ''}`}
            kind="resource"
            revision={revision}
            target={target}
            text={start?.text ?? policy ?? ''}
          />
          {policy !== null && (
            <div className="mt-3">
              <ButtonForm action={actions.remove} button="Remove policy" tone="danger" />
            </div>
          )}
        </>
      ) : policy === null ? (
        <p className="text-muted">No policy. Roles decide.</p>
      ) : (
        <pre className="overflow-auto rounded-md border border-line p-3 font-mono text-sm">{policy}</pre>
      )}
      {revisions.length > 0 && (
        <>
          <h3 className="mt-6 mb-2 font-semibold">History</h3>
          <PolicyHistory
            current={revision}
            linkTo={actions ? (number) => linkTo(String(number)) : null}
            revisions={revisions}
          />
        </>
      )}
    </>
  );
}
