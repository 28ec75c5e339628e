'use client';

import type { ReactNode } from 'react';
import { StepForm } from '../forms/action-form.tsx';
import { ActionState, useFormState } from '../forms/action-state.tsx';
import { FormFailureNotice } from '../forms/form-notice.tsx';
import type { FormAction } from '../forms/form-state.ts';
import { SelectField, type Choice } from '../forms/select-field.tsx';
import { SubmitButton } from '../forms/submit-button.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { Icon } from '../ui/icon.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Notice } from '../ui/notice.tsx';
import { MessageField, type SavedReply } from './message-field.tsx';
import type { Stance } from './stance.ts';

type DecisionPanelProps = {
  /** Shared by all steps, so that the outcome stays visible when the panel changes. */
  action: FormAction<string>;
  stance: Stance;
  /** Whether a check flagged the request, which makes the approval note required. */
  isFlagged: boolean;
  /** Which of two approvals this is. Null if one is enough. */
  approval: 'first' | 'second' | null;
  declineReasons: Choice[];
  replies: SavedReply[];
};

export function DecisionPanel({ action, ...panel }: DecisionPanelProps) {
  return (
    <ActionState action={action}>
      <Panel {...panel} />
    </ActionState>
  );
}

function Panel({ stance, ...panel }: Omit<DecisionPanelProps, 'action'>) {
  const state = useFormState<string>();
  return (
    <section aria-labelledby="decision" className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 className="font-semibold" id="decision">
          Decision
        </h2>
        <p className="text-sm text-muted">{stance.sentence}</p>
      </div>
      <FormFailureNotice state={state} />
      {state?.ok && <Notice tone="success">{state.value}</Notice>}
      {stance.kind === 'free' && (
        <StepForm step="claim">
          <div>
            <SubmitButton hotkey="c">Claim request</SubmitButton>
          </div>
        </StepForm>
      )}
      {stance.kind === 'mine' && (
        <>
          <Approve approval={panel.approval} isFlagged={panel.isFlagged} />
          <Ask replies={panel.replies} />
          <Decline reasons={panel.declineReasons} replies={panel.replies} />
        </>
      )}
      {stance.canWriteNotes && <Note />}
      {stance.kind === 'mine' && (
        <StepForm step="put_back">
          <div>
            <SubmitButton isSmall tone="plain">
              Return to queue
            </SubmitButton>
          </div>
        </StepForm>
      )}
    </section>
  );
}

function Approve({ isFlagged, approval }: Pick<DecisionPanelProps, 'approval' | 'isFlagged'>) {
  const word = { first: 'Approve (first of two)', second: 'Approve (second of two)' };
  return (
    <StepForm step="approve">
      <TextAreaField
        errorKeys={['note']}
        hint={isFlagged ? 'Required because a check flagged this request' : undefined}
        label="Approval note"
        maxLength={4000}
        name="approveNote"
        required={isFlagged}
        rows={2}
      />
      <div>
        <SubmitButton hotkey="a">{approval ? word[approval] : 'Approve request'}</SubmitButton>
      </div>
    </StepForm>
  );
}

function Ask({ replies }: { replies: SavedReply[] }) {
  return (
    <Fold hotkey="r" step="ask" title="Ask for information">
      <MessageField
        errorKeys={['message']}
        hint="Sent to the requester. The request waits for their answer"
        label="Question"
        name="askMessage"
        replies={replies}
      />
      <div>
        <SubmitButton>Send question</SubmitButton>
      </div>
    </Fold>
  );
}

function Decline({ reasons, replies }: { reasons: Choice[]; replies: SavedReply[] }) {
  return (
    <Fold hotkey="x" step="decline" title="Decline">
      <SelectField choices={reasons} label="Reason" name="reason" placeholder="Choose …" required />
      <MessageField
        errorKeys={['message']}
        hint="Sent to the requester with the reason"
        label="Message"
        name="declineMessage"
        replies={replies}
      />
      <div>
        <SubmitButton tone="danger">Decline</SubmitButton>
      </div>
    </Fold>
  );
}

function Note() {
  return (
    <Fold hotkey="n" step="note" title="Write a note">
      <TextAreaField
        errorKeys={['message']}
        hint="Visible to reviewers only"
        label="Note"
        maxLength={4000}
        name="note"
        required
        rows={3}
      />
      <div>
        <SubmitButton tone="plain">Save note</SubmitButton>
      </div>
    </Fold>
  );
}

type FoldProps = { step: string; title: string; hotkey: string; children: ReactNode };

/** A folded step. Only one is open at a time, and a refused step stays open, also without JavaScript. */
function Fold({ step, title, hotkey, children }: FoldProps) {
  const state = useFormState();
  const isOpen = state?.ok === false && state.code === 'invalid_input' && state.values['step']?.[0] === step;
  return (
    <details className="group border-t border-line pt-2" name="step" open={isOpen || undefined}>
      <summary aria-keyshortcuts={hotkey} className="flex min-h-7 items-center gap-2 font-medium" data-key={hotkey}>
        <Icon className="text-muted group-open:rotate-90" name="chevron" size={12} />
        {title} <Kbd>{hotkey}</Kbd>
      </summary>
      <div className="pt-2">
        <StepForm step={step}>{children}</StepForm>
      </div>
    </details>
  );
}
