'use client';

import type { SelectHTMLAttributes } from 'react';
import { useFieldValue } from './action-state.tsx';
import { FieldFrame, type FieldProps } from './field-frame.tsx';

export type Choice = { value: string; text: string };

type SelectFieldProps = FieldProps &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, 'name' | 'defaultValue' | 'children'> & {
    defaultValue?: string;
    choices: Choice[];
    /** Label of the empty option. */
    placeholder?: string;
  };

export function SelectField({
  label,
  name,
  hint,
  error,
  errorKeys,
  defaultValue,
  choices,
  placeholder,
  className = '',
  ...select
}: SelectFieldProps) {
  const value = useFieldValue(name, defaultValue);
  return (
    <FieldFrame error={error} errorKeys={errorKeys} hint={hint} label={label} name={name}>
      {(control) => (
        <select
          {...select}
          {...control}
          className={`control ${className}`}
          defaultValue={value}
          // A reset form goes back to what the select was created with, so it is created again with the new value.
          key={value}
        >
          {placeholder !== undefined && <option value="">{placeholder}</option>}
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.text}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}
