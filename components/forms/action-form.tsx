'use client';

import { use, useEffect, useRef, type ReactNode } from 'react';
import { Notice } from '../ui/notice.tsx';
import { ActionContext, ActionState, useFormState } from './action-state.tsx';
import { Fold, type FoldProps } from './fold.tsx';
import { FormFailureNotice } from './form-notice.tsx';
import type { FormAction, FormState } from './form-state.ts';
import { SubmitButton } from './submit-button.tsx';
import { useUnsavedWarning } from './use-unsaved-warning.ts';

type ActionFormProps<Value> = {
  action: FormAction<Value>;
  /** The text of the submit button, which comes last. */
  button: ReactNode;
  tone?: 'primary' | 'plain' | 'danger';
  isSmall?: boolean;
  /** Space between fields, width. */
  className?: string;
  /** A sentence shown once the action has succeeded. */
  successNotice?: string;
  /** In place of `successNotice`, where it depends on the answer. */
  renderSuccess?: (value: Value) => ReactNode;
  /** The form goes once the action has succeeded. */
  isOneShot?: boolean;
  /** Long forms show the outcome beside the button, where users look. */
  noticePlace?: 'top' | 'bottom';
  /** Long forms ask before the user leaves with unsaved changes. */
  warnsOfUnsaved?: boolean;
  /** Folds the form away. */
  fold?: FoldProps;
  /** Beside the submit button. */
  otherButtons?: ReactNode;
  children?: ReactNode;
};

/**
 * A form for a server action: shows progress, the outcome and field errors, focuses the first error, and keeps what was
 * typed. Works without JavaScript.
 */
export function ActionForm<Value = undefined>({ action, fold, ...form }: ActionFormProps<Value>) {
  const body = <Body {...form} />;
  const showsSuccess = form.successNotice !== undefined || form.renderSuccess !== undefined;
  return (
    <ActionState action={action}>
      {fold ? (
        <Fold {...fold} showsSuccess={showsSuccess}>
          {body}
        </Fold>
      ) : (
        body
      )}
    </ActionState>
  );
}

function Body<Value>({
  button,
  tone,
  isSmall,
  className = 'gap-4',
  successNotice,
  renderSuccess,
  isOneShot = false,
  noticePlace = 'top',
  warnsOfUnsaved = false,
  otherButtons,
  children,
}: Omit<ActionFormProps<Value>, 'action' | 'fold'>) {
  const state = useFormState<Value>();
  const outcome = (
    <>
      <FormFailureNotice state={state} />
      {state?.ok && successNotice !== undefined && <Notice tone="success">{successNotice}</Notice>}
      {state?.ok && renderSuccess?.(state.value)}
    </>
  );
  if (state?.ok && isOneShot) return outcome;
  return (
    <StepForm className={className} warnsOfUnsaved={warnsOfUnsaved}>
      {noticePlace === 'top' && outcome}
      {children}
      {noticePlace === 'bottom' && outcome}
      <div className="flex flex-wrap gap-2">
        <SubmitButton isSmall={isSmall} tone={tone}>
          {button}
        </SubmitButton>
        {otherButtons}
      </div>
    </StepForm>
  );
}

type StepFormProps = {
  /** Which of several forms that share an `ActionState` this is; submitted as `step`. */
  step?: string;
  className?: string;
  warnsOfUnsaved?: boolean;
  children: ReactNode;
};

/** One of the forms inside an `ActionState`. Shows only the field errors of its own step. */
export function StepForm({ step, className = 'gap-3', warnsOfUnsaved = false, children }: StepFormProps) {
  const { state, send } = use(ActionContext);
  const own = step === undefined || !isRefusalOfOther(state, step) ? state : null;
  const form = useRef<HTMLFormElement>(null);
  const hasTyped = useRef(false);
  useUnsavedWarning(form, { isOn: warnsOfUnsaved, state: own });
  useEffect(() => {
    if (own?.ok !== false || hasTyped.current) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [own]);
  return (
    <form
      action={send}
      className={`flex flex-col ${className}`}
      // Focus stays with a user who goes on typing while the answer is on its way.
      onInput={() => (hasTyped.current = true)}
      onSubmit={() => (hasTyped.current = false)}
      ref={form}
    >
      {step !== undefined && <input name="step" type="hidden" value={step} />}
      <ActionContext value={{ state: own, send }}>{children}</ActionContext>
    </form>
  );
}

function isRefusalOfOther(state: FormState<unknown>, step: string): boolean {
  return state?.ok === false && state.values['step']?.[0] !== step;
}
