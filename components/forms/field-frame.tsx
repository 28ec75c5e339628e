'use client';

import { useId, type ReactNode } from 'react';
import { useFieldError } from './action-state.tsx';

export type FieldProps = {
  label: string;
  name: string;
  hint?: ReactNode;
  /** An error that the surrounding form doesn't report. */
  error?: string;
  /** Names of the field in errors of use cases, if they differ from `name`. */
  errorKeys?: string[];
};

type ControlProps = {
  id: string;
  name: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
};

type FieldFrameProps = FieldProps & { children: (control: ControlProps) => ReactNode };

/** Ties label, control and hint together, also for screen readers. An error replaces the hint. */
export function FieldFrame({ label, name, hint, error, errorKeys = [name], children }: FieldFrameProps) {
  const id = useId();
  const stateError = useFieldError(errorKeys);
  const shownError = error ?? stateError;
  const [errorId, hintId] = [`${id}-error`, `${id}-hint`];
  const describedBy = shownError ? errorId : hint ? hintId : undefined;
  return (
    <div className="flex flex-col gap-1">
      <label className="font-medium" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        name,
        'aria-describedby': describedBy,
        'aria-invalid': shownError ? true : undefined,
      })}
      {shownError && (
        <p className="text-sm wrap-anywhere text-danger" id={errorId}>
          {shownError}
        </p>
      )}
      {hint && !shownError && (
        <p className="text-sm text-muted" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  );
}
