'use client';

import { useActionState, type ReactNode } from 'react';
import { fieldId, FieldFrame, TextArea } from '../ui/field.tsx';
import { FormFailureNotice } from '../ui/form-failure.tsx';
import { fieldValue, type FormAction, type FormState } from '../ui/form-state.ts';
import { Icon } from '../ui/icon.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { Notice } from '../ui/notice.tsx';
import { SubmitButton } from '../ui/submit-button.tsx';
import { MessageField, type SavedReply } from './message-field.tsx';
import type { Stance } from './stance.ts';

type DecisionPanelProps = {
  /** One for all steps, so that what became of the last one is told also where the panel has changed since. */
  action: FormAction<string>;
  stance: Stance;
  /** A check has flagged something: approving needs a reason. */
  isFlagged: boolean;
  /** Which of two approvals this would be; null where one is enough. */
  approval: 'first' | 'second' | null;
  declineReasons: { value: string; text: string }[];
  replies: SavedReply[];
};

type StepProps = { send: (form: FormData) => void; state: FormState<string> };

export function DecisionPanel({ action, stance, ...panel }: DecisionPanelProps) {
  const [state, send] = useActionState(action, null);
  const step = { send, state };
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
        <StepForm name="claim" send={send}>
          <div>
            <SubmitButton hotkey="c">Claim it</SubmitButton>
          </div>
        </StepForm>
      )}
      {stance.kind === 'mine' && (
        <>
          <Approve {...step} approval={panel.approval} isFlagged={panel.isFlagged} />
          <Ask {...step} replies={panel.replies} />
          <Decline {...step} reasons={panel.declineReasons} replies={panel.replies} />
        </>
      )}
      {stance.canWriteNotes && <Note {...step} />}
      {stance.kind === 'mine' && (
        <StepForm name="put_back" send={send}>
          <div>
            <SubmitButton isSmall tone="plain">
              Put it back
            </SubmitButton>
          </div>
        </StepForm>
      )}
    </section>
  );
}

function Approve({ send, state, isFlagged, approval }: StepProps & Pick<DecisionPanelProps, 'approval' | 'isFlagged'>) {
  const word = { first: 'Approve as the first of two', second: 'Approve as the second' };
  return (
    <StepForm name="approve" send={send}>
      <TextArea
        defaultValue={typedIn(state, 'approve', 'approveNote')}
        error={errorOf(state, 'approve')}
        hint={isFlagged ? 'Needed here, because a check has flagged something.' : undefined}
        label="Why it is right, for reviewers"
        maxLength={4000}
        name="approveNote"
        required={isFlagged}
        rows={2}
      />
      <div>
        <SubmitButton hotkey="a">{approval ? word[approval] : 'Approve'}</SubmitButton>
      </div>
    </StepForm>
  );
}

function Ask({ send, state, replies }: StepProps & { replies: SavedReply[] }) {
  return (
    <Fold hotkey="r" isOpen={errorOf(state, 'ask') !== undefined} title="Ask for information">
      <StepForm name="ask" send={send}>
        <MessageField
          defaultValue={typedIn(state, 'ask', 'askMessage')}
          error={errorOf(state, 'ask')}
          hint="The requester reads it; the request waits until they answer."
          label="What you want to know"
          name="askMessage"
          replies={replies}
        />
        <div>
          <SubmitButton>Ask</SubmitButton>
        </div>
      </StepForm>
    </Fold>
  );
}

type DeclineProps = StepProps & { reasons: DecisionPanelProps['declineReasons']; replies: SavedReply[] };

function Decline({ send, state, reasons, replies }: DeclineProps) {
  const chosen = typedIn(state, 'decline', 'reason');
  return (
    <Fold hotkey="x" isOpen={errorOf(state, 'decline') !== undefined} title="Decline">
      <StepForm name="decline" send={send}>
        <FieldFrame label="Reason" name="reason">
          <select
            className="control"
            defaultValue={chosen}
            id={fieldId('reason')}
            // A form that comes back is reset to what the select was made with.
            key={chosen}
            name="reason"
            required
          >
            <option value="">Choose …</option>
            {reasons.map(({ value, text }) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </FieldFrame>
        <MessageField
          defaultValue={typedIn(state, 'decline', 'declineMessage')}
          error={errorOf(state, 'decline')}
          hint="The requester reads it together with the reason."
          label="Message"
          name="declineMessage"
          replies={replies}
        />
        <div>
          <SubmitButton tone="danger">Decline</SubmitButton>
        </div>
      </StepForm>
    </Fold>
  );
}

function Note({ send, state }: StepProps) {
  return (
    <Fold hotkey="n" isOpen={errorOf(state, 'note') !== undefined} title="Write a note">
      <StepForm name="note" send={send}>
        <TextArea
          defaultValue={typedIn(state, 'note', 'note')}
          error={errorOf(state, 'note')}
          hint="For reviewers only."
          label="Note"
          maxLength={4000}
          name="note"
          required
          rows={3}
        />
        <div>
          <SubmitButton tone="plain">Keep the note</SubmitButton>
        </div>
      </StepForm>
    </Fold>
  );
}

function StepForm({ name, send, children }: { name: string; send: StepProps['send']; children: ReactNode }) {
  return (
    <form action={send} className="flex flex-col gap-3">
      <input name="step" type="hidden" value={name} />
      {children}
    </form>
  );
}

type FoldProps = { title: string; hotkey: string; isOpen: boolean; children: ReactNode };

/** One open at a time. */
function Fold({ title, hotkey, isOpen, children }: FoldProps) {
  return (
    <details className="group border-t border-line pt-2" name="step" open={isOpen || undefined}>
      <summary aria-keyshortcuts={hotkey} className="flex min-h-7 items-center gap-2 font-medium" data-key={hotkey}>
        <Icon className="text-muted group-open:rotate-90" name="chevron" size={12} />
        {title} <Kbd>{hotkey}</Kbd>
      </summary>
      <div className="pt-2">{children}</div>
    </details>
  );
}

/** What was typed into a step that came back. */
function typedIn(state: FormState<string>, step: string, field: string): string {
  return isRefused(state, step) ? fieldValue(state, field) : '';
}

function errorOf(state: FormState<string>, step: string): string | undefined {
  return state?.ok === false && state.code === 'invalid_input' && isRefused(state, step) ? state.message : undefined;
}

function isRefused(state: FormState<string>, step: string): boolean {
  return state?.ok === false && state.values['step']?.[0] === step;
}
