'use client';

import type { ReactNode } from 'react';
import { useFieldError, useFieldValues } from './action-state.tsx';
import type { Choice } from './select-field.tsx';

type CheckboxFieldProps = { label: string; name: string; hint?: ReactNode; isChecked?: boolean };

/** Submits `1` where it is checked. */
export function CheckboxField({ label, name, hint, isChecked = false }: CheckboxFieldProps) {
  const [value] = useFieldValues(name, isChecked ? ['1'] : []);
  return (
    <label className="flex min-h-8 items-start gap-2">
      <input
        className="mt-1 size-4 shrink-0 accent-accent"
        defaultChecked={value === '1'}
        name={name}
        type="checkbox"
        value="1"
      />
      <span>
        {label}
        {hint && <span className="block text-sm text-muted">{hint}</span>}
      </span>
    </label>
  );
}

type CheckboxGroupProps = {
  label: string;
  name: string;
  choices: Choice[];
  checked: string[];
  hint?: string;
  errorKeys?: string[];
};

/** Submits `name` once for each checked choice. */
export function CheckboxGroup({ label, name, choices, checked, hint, errorKeys = [name] }: CheckboxGroupProps) {
  const values = useFieldValues(name, checked);
  const error = useFieldError(errorKeys);
  return (
    <fieldset>
      <legend className="mb-1 font-medium">{label}</legend>
      {hint && <p className="mb-1 text-sm text-muted">{hint}</p>}
      <div className="flex flex-wrap gap-x-5">
        {choices.map(({ value, text }) => (
          <label className="flex min-h-8 items-center gap-2" key={value}>
            <input
              aria-invalid={error ? true : undefined}
              className="size-4 accent-accent"
              defaultChecked={values.includes(value)}
              name={name}
              type="checkbox"
              value={value}
            />
            {text}
          </label>
        ))}
      </div>
      {error && <p className="text-sm text-danger">{error}</p>}
    </fieldset>
  );
}
