'use client';

import type { TrustedWorkflow } from '#lib/repositories/policies/workflow-statements.ts';
import { ActionForm } from '../../forms/action-form.tsx';
import { ButtonForm } from '../../forms/button-form.tsx';
import type { FormAction } from '../../forms/form-state.ts';
import { TextField } from '../../forms/text-field.tsx';

type TrustedWorkflowFormProps = {
  actions: { save: FormAction; remove: FormAction };
  /** The present one. Null if others may push. */
  workflow: TrustedWorkflow | null;
  examples: Record<'github' | 'gitlab', string>;
};

/** Chooses the only workflow that may push. */
export function TrustedWorkflowForm({ actions, workflow, examples }: TrustedWorkflowFormProps) {
  return (
    <div className="flex flex-col gap-3">
      <ActionForm
        action={actions.save}
        button={workflow ? 'Save workflow' : 'Take pushes from this workflow only'}
        noticePlace="bottom"
        successNotice="Saved."
        tone={workflow ? 'plain' : 'primary'}
      >
        <TextField
          defaultValue={workflow?.repositoryId ?? ''}
          hint="The number of the repository at GitHub, or of the project at GitLab"
          inputMode="numeric"
          isCode
          label="Repository ID"
          maxLength={19}
          name="repositoryId"
          required
        />
        <TextField
          defaultValue={workflow?.workflow ?? ''}
          hint={
            <>
              With its branch or tag, where * matches any characters:{' '}
              <span className="font-mono break-all">{examples.github}</span> or{' '}
              <span className="font-mono break-all">{examples.gitlab}</span>
            </>
          }
          isCode
          label="Workflow file"
          maxLength={512}
          name="workflow"
          required
        />
        <TextField
          defaultValue={workflow?.issuer ?? ''}
          hint="Only for a GitHub Enterprise Server or GitLab of your own"
          isCode
          label="Issuer"
          maxLength={255}
          name="issuer"
        />
      </ActionForm>
      {workflow && <ButtonForm action={actions.remove} button="Take pushes from others again" tone="danger" />}
    </div>
  );
}
